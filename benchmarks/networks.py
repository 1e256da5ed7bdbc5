"""The network that the benchmarks run, and the same network in other implementations."""

import numpy as np

from folkprobe.music.vocabulary import END_TOKEN
from folkprobe.network.checkpoint import Checkpoint, Layer, Softmax
from folkprobe.network.formats import convert_checkpoint


def network_of_real_size(path, vocabulary):
    """Read a checkpoint, or make a random one of 3 x 512 units whose tunes have about 150 tokens."""
    if path:
        return convert_checkpoint(path)
    rng = np.random.default_rng(0)

    def normal(*shape, scale=0.05):
        return rng.normal(0, scale, shape).astype(np.float32)

    layers, n_in = [], len(vocabulary)
    for _ in range(3):
        layers.append(
            Layer(
                W_x=normal(4, n_in, 512),
                W_h=normal(4, 512, 512),
                b=normal(4, 512),
                h0=normal(512),
                c0=normal(512),
                unit_index=np.arange(512),
            )
        )
        n_in = 512
    softmax = Softmax(V=normal(len(vocabulary), 512), v=normal(len(vocabulary)))
    return Checkpoint("random", "made by the benchmark", "0" * 64, tuple(vocabulary), tuple(layers), softmax)


def without_end(checkpoint):
    """Make a network that never ends a tune."""
    v = checkpoint.softmax.v.copy()
    v[checkpoint.vocabulary.index(END_TOKEN)] = -1e4
    return Checkpoint(**{**vars(checkpoint), "softmax": Softmax(checkpoint.softmax.V, v)})


class TokenByToken:
    """folk-rnn's own way: one tune, one token at a time, three layers, four gates, eight small products each."""

    def __init__(self, checkpoint):
        self.checkpoint = checkpoint
        self.eye = np.eye(len(checkpoint.vocabulary), dtype=np.float32)
        self.gates = [
            [tuple(np.ascontiguousarray(array[gate]) for array in (layer.W_x, layer.W_h, layer.b)) for gate in range(4)]
            for layer in checkpoint.layers
        ]
        self.V_T = np.ascontiguousarray(checkpoint.softmax.V.T)

    def tune(self, random_state, max_tokens=1000):
        """Draw one tune; returns its tokens' indices."""
        vocabulary, layers = self.checkpoint.vocabulary, self.checkpoint.layers
        h, c = [layer.h0 for layer in layers], [layer.c0 for layer in layers]
        tune, end = [vocabulary.index("<s>")], vocabulary.index(END_TOKEN)
        while tune[-1] != end and len(tune) <= max_tokens:
            x = self.eye[tune[-1]]
            for number, gates in enumerate(self.gates):
                i, f, g, o = (x @ W_x + h[number] @ W_h + b for W_x, W_h, b in gates)
                i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))
                c[number] = f * c[number] + i * np.tanh(g)
                h[number] = x = o * np.tanh(c[number])
            weights = np.exp(x @ self.V_T + self.checkpoint.softmax.v)
            tune.append(int(random_state.choice(len(weights), p=weights / weights.sum())))
        return tune


class Torch:
    """The network in PyTorch, as a loop over `LSTMCell` or as `LSTM`, fed one step at a time."""

    def __init__(self, checkpoint, rows, module):
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.torch, self.module, self.rows = torch, module, rows
        order = [0, 1, 2, 3]  # input, forget, cell, output: PyTorch's order too

        def parameters(layer):
            W_x, W_h, b = (
                np.concatenate([array[gate].T for gate in order]) for array in (layer.W_x, layer.W_h, layer.b)
            )
            return [
                torch.from_numpy(np.ascontiguousarray(a, dtype=np.float32)) for a in (W_x, W_h, b, np.zeros_like(b))
            ]

        layers = checkpoint.layers
        n_in = [len(checkpoint.vocabulary), *(layer.n_units for layer in layers[:-1])]
        with torch.no_grad():
            if module == "LSTM":
                self.network = torch.nn.LSTM(n_in[0], layers[0].n_units, num_layers=len(layers))
                names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                for number, layer in enumerate(layers):
                    for name, value in zip(names, parameters(layer), strict=True):
                        getattr(self.network, f"{name}_l{number}").copy_(value)
            else:
                self.network = [torch.nn.LSTMCell(n, layer.n_units) for n, layer in zip(n_in, layers, strict=True)]
                for cell, layer in zip(self.network, layers, strict=True):
                    for target, value in zip(cell.parameters(), parameters(layer), strict=True):
                        target.copy_(value)
        self.initial = [
            torch.stack(
                [torch.from_numpy(np.tile(getattr(layer, name), (rows, 1)).astype(np.float32)) for layer in layers]
            )
            for name in ("h0", "c0")
        ]
        self.V = torch.from_numpy(checkpoint.softmax.V.astype(np.float32))
        self.v = torch.from_numpy(checkpoint.softmax.v.astype(np.float32))
        self.eye = torch.eye(len(checkpoint.vocabulary))

    def states(self):
        return [state.clone() for state in self.initial]

    def logits(self, token, states):
        """Read a token in every row; the states are renewed in place."""
        x = self.eye[token]
        h, c = states
        if self.module == "LSTM":
            output, (new_h, new_c) = self.network(x[None], (h, c))
            states[:] = new_h, new_c
            x = output[0]
        else:
            new = []
            for number, cell in enumerate(self.network):
                x, c_new = cell(x, (h[number], c[number]))
                new.append((x, c_new))
            states[:] = [state for state, _ in new], [state for _, state in new]
        return self.torch.addmm(self.v, x, self.V.T)

    def run(self, start_index, n_steps):
        with self.torch.inference_mode():
            token, states = self.torch.full((self.rows,), start_index), self.states()
            for _ in range(n_steps):
                posterior = self.torch.softmax(self.logits(token, states), dim=1)
                token = self.torch.multinomial(posterior, 1)[:, 0]
        return self.rows * n_steps


class OnnxRuntime:
    """The network as three LSTM operators of ONNX and a product, in onnxruntime."""

    def __init__(self, checkpoint, rows):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = self._model(checkpoint).SerializeToString()
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.rows, self.rng = rows, np.random.default_rng(0)
        self.eye = np.eye(len(checkpoint.vocabulary), dtype=np.float32)
        self.n_layers = len(checkpoint.layers)
        self.initial = {
            f"{name}{number}": np.tile(getattr(layer, f"{name}0"), (1, rows, 1)).astype(np.float32)
            for number, layer in enumerate(checkpoint.layers)
            for name in "hc"
        }

    @staticmethod
    def _model(checkpoint):
        from onnx import TensorProto, helper, numpy_helper

        order = [0, 3, 1, 2]  # ONNX: input, output, forget, cell
        nodes, weights, inputs, outputs = [], [], [], []

        def weight(name, array):
            weights.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
            return name

        def value(name, *shape):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        x = "x"
        inputs.append(value(x, 1, "rows", len(checkpoint.vocabulary)))
        for number, layer in enumerate(checkpoint.layers):
            n = layer.n_units
            stacked = [np.concatenate([array[gate].T for gate in order]) for array in (layer.W_x, layer.W_h, layer.b)]
            W = weight(f"W{number}", stacked[0][None])
            R = weight(f"R{number}", stacked[1][None])
            B = weight(f"B{number}", np.concatenate([stacked[2], np.zeros(4 * n)])[None])
            inputs += [value(f"h{number}", 1, "rows", n), value(f"c{number}", 1, "rows", n)]
            outputs += [value(f"new_h{number}", 1, "rows", n), value(f"new_c{number}", 1, "rows", n)]
            arguments = [x, W, R, B, "", f"h{number}", f"c{number}"]
            results = [f"y{number}", f"new_h{number}", f"new_c{number}"]
            nodes.append(helper.make_node("LSTM", arguments, results, hidden_size=n))
            axes = numpy_helper.from_array(np.array([1]), f"axes{number}")
            weights.append(axes)
            nodes.append(helper.make_node("Squeeze", [f"y{number}", axes.name], [f"x{number}"]))
            x = f"x{number}"
        nodes.append(helper.make_node("MatMul", [x, weight("V_T", checkpoint.softmax.V.T)], ["product"]))
        nodes.append(helper.make_node("Add", ["product", weight("v", checkpoint.softmax.v)], ["logits"]))
        outputs.insert(0, value("logits", 1, "rows", len(checkpoint.vocabulary)))
        graph = helper.make_graph(nodes, "folk-rnn", inputs, outputs, weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def logits(self, token, states):
        logits, *new = self.session.run(None, {"x": self.eye[token][None], **states})
        states.update(zip([f"{name}{number}" for number in range(self.n_layers) for name in "hc"], new, strict=True))
        return logits[0]

    def run(self, start_index, n_steps):
        token, states = np.full(self.rows, start_index), dict(self.initial)
        for _ in range(n_steps):
            logits = self.logits(token, states)
            cumulative = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
            uniform = self.rng.random((self.rows, 1)) * cumulative[:, -1:]
            token = np.minimum((cumulative <= uniform).sum(axis=1), logits.shape[1] - 1)
        return self.rows * n_steps
