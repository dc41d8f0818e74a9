"""Where ONNX Runtime computes."""

import onnxruntime

from functions.runtimes.onnx import providers


def test_a_gpu_is_used_where_the_library_has_been_built_for_one() -> None:
    """With the CPU for what it cannot; others that a library brings are left alone."""
    there = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
    assert providers(there) == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert providers(onnxruntime.get_available_providers()) == ["CPUExecutionProvider"]
