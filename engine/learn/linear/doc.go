// Package linear fits and applies the plain models of statistics: linear and ridge
// regression, logistic regression of two and more classes, k-means and principal
// components. Data are a Matrix in memory; rows of several owners are one under another
// before they come here.
//
// What comes out depends on the data, the options and the seed only, to the last bit, and
// not on the number of threads: sums are taken over blocks of rows that the number of rows
// alone decides, and put together in order. That holds for one build of the program: another
// architecture may round otherwise.
//
// Nothing that is not a number comes out. Data, options and models that would lead there are
// refused with LEARN_DATA, LEARN_PARAMS and LEARN_MODEL; the message says where something is
// wrong, by row and column from 1, and never what stands there. Refused are: values that are
// no finite number or beyond 1e100; a column that does not vary, for every regression and
// wherever columns are standardised; columns that depend on each other to within 1e-10, for
// least squares whose penalty does not help; and classes that a plane separates, also where
// rows lie on it, for logistic regression without a penalty, as well as whatever its steps
// come to no end of.
//
// The arithmetic is our own and links nothing: least squares and principal components go
// through Householder's triangle, block by block, so that the squares of the data are never
// formed, then columns in order of size, or Jacobi's rotations from one side; logistic
// regression through Newton steps and Cholesky's triangle. Time and the memory touched depend
// on the data: whoever measures either may learn of them.
package linear
