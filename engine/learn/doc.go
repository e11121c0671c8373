// Package learn is the built-in engine that learns: it trains models of the data of several
// owners who do not show it to each other, applies models to data, and says how good they are.
//
// Data and models are inputs whose owners say what may be done with them. The engine is
// trusted by both; the user who writes the parameters by neither.
//
// What comes out depends on the job alone, with one exception: the noise of differential
// privacy is drawn anew for each run, since who knows a job knows its seed.
package learn
