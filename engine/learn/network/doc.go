// Package network trains and applies small neural networks: dense layers, convolutions over
// images, rectifiers and pooling, of classes (softmax and cross entropy) or of values
// (squared error), by stochastic gradient descent with momentum or by Adam.
//
// A Model is a list of layers and one vector of weights, so that what one site's training
// changes is the difference of two vectors. It has one binary form, and is written as ONNX for
// others to run.
//
// What comes out depends on the data, the options and the seed only, to the last bit, and not
// on the number of threads, nor on whether the processor multiplies eight numbers at once:
// each sum has one order. A batch is cut into parts whose size the batch alone decides, and
// their gradients are put together in order. That holds for one build of the program: another
// architecture may round exponentials otherwise.
//
// Nothing that is not a number comes out. Data, options and models that would lead there are
// refused with LEARN_DATA, LEARN_PARAMS and LEARN_MODEL; no message has a value of the data.
// Parse takes hostile bytes: it is bounded, and what it returns predicts without panic.
//
// Time and the memory touched depend on the data: whoever measures either may learn of them.
package network
