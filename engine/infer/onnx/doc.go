// Package onnx reads and writes networks in the ONNX format, and refuses those that are not
// well formed before a runtime sees a byte of them.
//
// What it takes, the runtime reads in the same way: no field is there twice, none is unknown,
// no file besides is named, no operator is from elsewhere, and every name that is used was
// said before.
package onnx
