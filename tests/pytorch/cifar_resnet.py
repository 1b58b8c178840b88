#!/usr/bin/env python3
"""The outside judge of StepNet's residual networks: the CIFAR ResNet 6n+2 in plain PyTorch (1.13 or later).

A block computes  y = act(s * shortcut(x) + h * F(x))  with skip weight s and step factor h, each fixed or learned.

    cifar_resnet.py INPUT.safetensors OUTPUT.safetensors [options]   judge: forward, backward and some steps of SGD
    cifar_resnet.py --make SEED INPUT.safetensors [options]          write a random INPUT for the same options

INPUT holds every parameter and running statistic by name, input [N, 3, 32, 32] and labels [N]. A scalar layerX.Y.step or
layerX.Y.skip makes that coefficient learned; without it, --step and --skip hold. A missing or superfluous name is an error.

OUTPUT, all in float64:
    logits, loss        of the first forward (train mode, unless --eval)
    grad.NAME           gradient of that loss for every parameter
    buffer.NAME         running statistics after that forward
    losses [steps]      loss before each update of SGD on the same batch; the first equals loss
    after.NAME          parameters after the updates
"""

import argparse
import re
import sys

import torch
from torch import nn
from torch.nn import functional

import safetensors_io

DTYPES = {"float32": torch.float32, "float64": torch.float64}
COEFFICIENT = re.compile(r"layer\d+\.\d+\.(step|skip)")


def conv(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


def batch_norm(channels):
    layer = nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1)
    layer.num_batches_tracked = None  # a counter nothing here uses; it is no part of the file
    return layer


class Pad(nn.Module):
    """He's option A: every second pixel, half of the new channels as zeros before and half after."""

    def __init__(self, added):
        super().__init__()
        self.side = added // 2

    def forward(self, x):
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.side, self.side))


class Block(nn.Module):
    def __init__(self, inputs, planes, stride, norm, order, shortcut, step, skip):
        super().__init__()
        self.order, self.norm = order, norm
        self.conv1 = conv(inputs, planes, 3, stride)
        self.conv2 = conv(planes, planes, 3, 1)
        if norm == "batch":
            self.bn1 = batch_norm(inputs if order == "pre" else planes)
            self.bn2 = batch_norm(planes)
        if stride == 1 and inputs == planes:
            self.shortcut = nn.Identity()
        elif shortcut == "pad":
            self.shortcut = Pad(planes - inputs)
        else:
            layers = [conv(inputs, planes, 1, stride)]
            self.shortcut = nn.Sequential(*layers, batch_norm(planes)) if norm == "batch" else nn.Sequential(*layers)
        self.step, self.skip = step, skip  # a number, or a parameter where it is learned

    def normed(self, name, x):
        return getattr(self, name)(x) if self.norm == "batch" else x

    def branch(self, x):
        if self.order == "pre":
            f = self.conv1(functional.relu(self.normed("bn1", x)))
            return self.conv2(functional.relu(self.normed("bn2", f)))
        f = functional.relu(self.normed("bn1", self.conv1(x)))
        return self.normed("bn2", self.conv2(f))

    def forward(self, x):
        x, f = self.shortcut(x), self.branch(x)
        if isinstance(self.skip, float) and self.skip == 1 and isinstance(self.step, float):
            y = torch.add(x, f, alpha=self.step)  # the same sum in one pass: the benchmark's rival gets its best form
        else:
            y = self.skip * x + self.step * f
        return functional.relu(y) if self.order == "post" else y


class CifarResNet(nn.Module):
    """Depth 6n+2, widths 16/32/64. `learned` names the coefficients that are parameters, such as "layer1.0.step"."""

    def __init__(self, depth, norm="batch", order="post", shortcut="projection", step=1.0, skip=1.0, learned=()):
        super().__init__()
        self.order, self.norm = order, norm
        self.conv1 = conv(3, 16, 3, 1)
        if norm == "batch" and order == "post":
            self.bn1 = batch_norm(16)
        inputs = 16
        for stage, planes in enumerate((16, 32, 64), start=1):
            blocks = []
            for i in range((depth - 2) // 6):
                name = f"layer{stage}.{i}"
                h = nn.Parameter(torch.tensor(float(step))) if f"{name}.step" in learned else float(step)
                s = nn.Parameter(torch.tensor(float(skip))) if f"{name}.skip" in learned else float(skip)
                stride = 2 if stage > 1 and i == 0 else 1
                blocks.append(Block(inputs, planes, stride, norm, order, shortcut, h, s))
                inputs = planes
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        if norm == "batch" and order == "pre":
            self.bn = batch_norm(64)
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.conv1(x)
        if self.order == "post":
            x = functional.relu(self.bn1(x) if self.norm == "batch" else x)
        x = self.layer3(self.layer2(self.layer1(x)))
        if self.order == "pre":
            x = functional.relu(self.bn(x) if self.norm == "batch" else x)
        return self.linear(x.mean(dim=(2, 3)))


def sgd(model, lr, momentum, weight_decay, nesterov=False):
    """SGD that spares the coefficients s and h from weight decay."""
    named = list(model.named_parameters())
    return torch.optim.SGD(
        [
            {"params": [p for name, p in named if not COEFFICIENT.fullmatch(name)], "weight_decay": weight_decay},
            {"params": [p for name, p in named if COEFFICIENT.fullmatch(name)], "weight_decay": 0.0},
        ],
        lr=lr, momentum=momentum, nesterov=nesterov)


def build(args, learned):
    return CifarResNet(args.depth, args.norm, args.order, args.shortcut, args.step, args.skip, learned).to(DTYPES[args.dtype])


def take(model, tensors):
    """Moves the file's tensors into the model; every name and every shape must fit."""
    state = model.state_dict()
    faults = [f"missing: {name}" for name in state if name not in tensors]
    faults += [f"superfluous: {name}" for name in tensors if name not in state]
    faults += [
        f"{name} has shape {list(tensors[name].shape)}, the model needs {list(value.shape)}"
        for name, value in state.items() if name in tensors and tensors[name].shape != value.shape]
    if faults:
        sys.exit("cifar_resnet.py: INPUT does not fit the model of these options.\n  " + "\n  ".join(faults))
    with torch.no_grad():
        for name, value in state.items():
            value.copy_(tensors[name])


def judge(args):
    tensors, _ = safetensors_io.load(args.input)
    for name in ("input", "labels"):
        if name not in tensors:
            sys.exit(f"cifar_resnet.py: INPUT has no tensor '{name}'.")
    x, labels = tensors.pop("input").to(DTYPES[args.dtype]), tensors.pop("labels").to(torch.int64)
    if x.shape[1:] != (3, 32, 32) or labels.shape != x.shape[:1] or labels.min() < 0 or labels.max() > 9:
        sys.exit(f"cifar_resnet.py: input {list(x.shape)} and labels {list(labels.shape)} must be [N, 3, 32, 32] "
                 "and [N] with classes 0 to 9.")
    model = build(args, {name for name in tensors if COEFFICIENT.fullmatch(name)})
    take(model, tensors)
    model.train(not args.eval)
    optimizer = sgd(model, args.lr, args.momentum, args.weight_decay, args.nesterov)

    def forward_backward():
        optimizer.zero_grad()
        logits = model(x)
        loss = functional.cross_entropy(logits, labels)
        loss.backward()
        return logits, loss

    logits, loss = forward_backward()
    output = {"logits": logits, "loss": loss}
    output.update({f"grad.{name}": p.grad.clone() for name, p in model.named_parameters()})
    output.update({f"buffer.{name}": b.clone() for name, b in model.named_buffers()})
    losses = []
    for step in range(args.steps):
        if step > 0:
            _, loss = forward_backward()
        losses.append(loss.item())
        optimizer.step()
    output["losses"] = torch.tensor(losses, dtype=torch.float64)
    output.update({f"after.{name}": p for name, p in model.named_parameters()})
    safetensors_io.save(args.output, {name: value.detach().to(torch.float64) for name, value in output.items()})
    said = f"loss {output['loss'].item():.9g}"
    return model, f"{said}, before update {len(losses)} it was {losses[-1]:.9g}" if losses else said


def make(args):
    """A random INPUT: He-initialised weights, and statistics, gamma and beta that a mistake cannot hide behind."""
    random = torch.Generator().manual_seed(args.make)
    blocks = [f"layer{stage}.{i}" for stage in (1, 2, 3) for i in range((args.depth - 2) // 6)]
    model = build(args, {f"{block}.{kind}" for block in blocks for kind in args.learn})
    tensors = {}
    for name, value in model.state_dict().items():
        noise = torch.randn(value.shape, generator=random, dtype=torch.float64)
        if value.dim() == 0:
            tensors[name] = value.to(torch.float64) * (1 + 0.1 * noise)
        elif value.dim() > 1:
            tensors[name] = noise * (2 / value[0].numel()) ** 0.5
        elif name.endswith(("running_var", "weight")):
            tensors[name] = 0.5 + torch.rand(value.shape, generator=random, dtype=torch.float64)
        else:
            tensors[name] = 0.1 * noise
    tensors["input"] = torch.randn((args.batch, 3, 32, 32), generator=random, dtype=torch.float64)
    tensors = {name: value.to(DTYPES[args.dtype]) for name, value in tensors.items()}
    tensors["labels"] = torch.randint(0, 10, (args.batch,), generator=random)
    safetensors_io.save(args.input, tensors)
    return model, f"{len(tensors)} tensors written"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help="INPUT.safetensors")
    parser.add_argument("output", nargs="?", help="OUTPUT.safetensors")
    parser.add_argument("--make", type=int, metavar="SEED", help="write INPUT instead of reading it")
    parser.add_argument("--batch", type=int, default=8, help="with --make: images")
    parser.add_argument("--learn", nargs="*", choices=("step", "skip"), default=(), help="with --make: learned coefficients")
    parser.add_argument("--depth", type=int, default=20)
    parser.add_argument("--norm", choices=("batch", "none"), default="batch")
    parser.add_argument("--order", choices=("post", "pre"), default="post")
    parser.add_argument("--shortcut", choices=("projection", "pad"), default="projection")
    parser.add_argument("--step", type=float, default=0.1, help="step factor h where it is not learned")
    parser.add_argument("--skip", type=float, default=1.0, help="skip weight s where it is not learned")
    parser.add_argument("--dtype", choices=tuple(DTYPES), default="float64")
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--nesterov", action="store_true")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--eval", action="store_true", help="normalise by the running statistics, in the steps too")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    if (args.make is None) == (args.output is None):
        parser.error("give OUTPUT, or --make SEED without OUTPUT")
    if args.depth < 8 or (args.depth - 2) % 6 != 0:
        parser.error(f"--depth is {args.depth}; the CIFAR ResNet needs 6n+2: 8, 14, 20, ...")
    torch.set_num_threads(args.threads)
    model, said = judge(args) if args.make is None else make(args)
    print(f"{sum(p.numel() for p in model.parameters())} parameters; {said}")


if __name__ == "__main__":
    main()
