// Package ort runs networks by ONNX Runtime, which programs built after make onnxruntime
// carry in themselves: what is measured is all that runs.
//
// Whoever calls it has checked the network (package onnx). No text of the runtime's errors is
// passed on, for some quote elements of tensors.
package ort
