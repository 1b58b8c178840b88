#!/usr/bin/env python3
"""The outside judge of StepNet's residual networks in plain PyTorch (1.13 or later): the CIFAR ResNet 6n+2, or --model.

A block computes  y = act(s * shortcut(x) + h * F(x))  with skip weight s and step factor h, each fixed or learned.

    cifar_resnet.py INPUT.safetensors OUTPUT.safetensors [options]   judge: forward, backward and some steps of training
    cifar_resnet.py --make SEED INPUT.safetensors [options]          write a random INPUT for the same options

INPUT holds every parameter and running statistic by name, input [N, ...] and labels [N]. A tensor such as
layerX.Y.step makes that coefficient learned (coefficients.py); without it, --step and --skip hold. A missing or superfluous
name is an error.

OUTPUT, all in float64:
    logits, loss        of the first forward (train mode, unless --eval)
    grad.NAME           gradient of that loss for every parameter
    buffer.NAME         running statistics after that forward
    losses [steps]      loss before each update on the same batch; the first equals loss
    after.NAME          parameters after the updates
"""

import argparse
import sys

import torch
from torch import nn
from torch.nn import functional

import coefficients
import networks
import safetensors_io
from blocks import Block, Coefficients, norm

COUNTER = "num_batches_tracked"  # of torchvision's batch norms; nothing reads it
DTYPES = {"float32": torch.float32, "float64": torch.float64}


def conv(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


class Pad(nn.Module):
    """He's option A: every second pixel, half of the new channels as zeros before and half after."""

    def __init__(self, added):
        super().__init__()
        self.side = added // 2

    def forward(self, x):
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.side, self.side))


def cifar_block(inputs, planes, stride, kind, order, shortcut):
    if stride == 1 and inputs == planes:
        way = None
    elif shortcut == "pad":
        way = Pad(planes - inputs)
    else:
        way = nn.Sequential(conv(inputs, planes, 1, stride), norm(kind, planes))
    first = norm(kind, inputs if order == "pre" else planes)
    return Block(conv(inputs, planes, 3, stride), conv(planes, planes, 3, 1), first, norm(kind, planes), order, way)


class CifarResNet(nn.Module):
    """Depth 6n+2; channels are 1, 2 and 4 times width; `learned` names coefficients that are parameters: "layer1.0.step"."""

    def __init__(self, depth, kind="batch", order="post", shortcut="projection", step=1.0, skip=1.0, learned=(), width=16,
                 integrator="euler"):
        super().__init__()
        self.order, given = order, Coefficients(step, skip, learned, integrator)
        self.conv1 = conv(3, width, 3, 1)
        self.bn1 = norm(kind, width) if order == "post" else nn.Identity()
        inputs = width
        for stage, planes in enumerate((width, 2 * width, 4 * width), start=1):
            blocks = []
            for i in range((depth - 2) // 6):
                stride = 2 if stage > 1 and i == 0 else 1
                block = cifar_block(inputs, planes, stride, kind, order, shortcut)
                blocks.append(given.give(block, f"layer{stage}.{i}"))
                inputs = planes
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.bn = norm(kind, inputs) if order == "pre" else nn.Identity()
        self.linear = nn.Linear(inputs, 10)

    def forward(self, x):
        x = self.conv1(x)
        if self.order == "post":
            x = functional.relu(self.bn1(x))
        x = self.layer3(self.layer2(self.layer1(x)))
        if self.order == "pre":
            x = functional.relu(self.bn(x))
        return self.linear(x.mean(dim=(2, 3)))


def groups(model, weight_decay, decay="all"):
    """Parameters with and without weight decay: s and h never decay, and with decay="weights" no bias, gamma or beta does."""
    with_decay, without = [], []
    for name, p in model.named_parameters():
        spared = coefficients.NAME.fullmatch(name) or (decay == "weights" and p.dim() < 2)
        (without if spared else with_decay).append(p)
    return [{"params": with_decay, "weight_decay": weight_decay}, {"params": without, "weight_decay": 0.0}]


def sgd(model, lr, momentum, weight_decay, nesterov=False):
    return torch.optim.SGD(groups(model, weight_decay), lr=lr, momentum=momentum, nesterov=nesterov)


def make_optimizer(model, args):
    parameters = groups(model, args.weight_decay, args.decay)
    if args.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=args.lr, momentum=args.momentum, nesterov=args.nesterov)
    if args.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=args.lr, alpha=args.beta2, eps=args.eps, momentum=args.momentum)
    kind = torch.optim.AdamW if args.optimizer == "adamw" else torch.optim.Adam
    return kind(parameters, lr=args.lr, betas=(args.beta1, args.beta2), eps=args.eps)


def build(args, learned):
    if args.model is not None:
        return networks.build(args, learned).to(DTYPES[args.dtype])
    model = CifarResNet(args.depth, args.norm, args.order, args.shortcut, args.step, args.skip, learned, args.width,
                        args.integrator)
    return model.to(DTYPES[args.dtype])


def take(model, tensors):
    """Moves the file's tensors into the model; every name and every shape must fit."""
    state = {name: value for name, value in model.state_dict().items() if not name.endswith(COUNTER)}
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
    if (args.model is None and x.shape[1:] != (3, 32, 32)) or labels.shape != x.shape[:1] or labels.min() < 0 or labels.max() > 9:
        sys.exit(f"cifar_resnet.py: input {list(x.shape)} and labels {list(labels.shape)} must be [N, 3, 32, 32] "
                 "and [N] with classes 0 to 9.")
    model = build(args, ())
    learned = {name: value.shape for name, value in tensors.items() if coefficients.NAME.fullmatch(name)}
    coefficients.attach(model, learned, DTYPES[args.dtype])
    take(model, tensors)
    if args.state is not None:
        safetensors_io.save(args.state, model.state_dict())
    model.train(not args.eval)
    optimizer = make_optimizer(model, args)

    def forward_backward():
        optimizer.zero_grad()
        logits = model(x)
        loss = functional.cross_entropy(logits, labels, label_smoothing=args.label_smoothing)
        loss.backward()
        return logits, loss

    logits, loss = forward_backward()
    output = {"logits": logits, "loss": loss}
    output.update({f"grad.{name}": p.grad.clone() for name, p in model.named_parameters()})
    output.update({f"buffer.{name}": b.clone() for name, b in model.named_buffers() if not name.endswith(COUNTER)})
    losses = []
    for step in range(args.steps):
        if step > 0:
            _, loss = forward_backward()
        losses.append(loss.item())
        if args.clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), args.clip_norm)
        if args.clip_value is not None:
            nn.utils.clip_grad_value_(model.parameters(), args.clip_value)
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
    parser.add_argument("--model", help="instead of --depth: imagenet-resnetD, adaresnet18, keras-resnet50, text-resnetD, text-rnnT, point-resnetN, "
                        "torchvision:resnetD")
    parser.add_argument("--state", help="also write the model's state_dict before the first forward to this file")
    parser.add_argument("--head", choices=("kmax", "max"), default="kmax", help="of text-resnetD")
    parser.add_argument("--width", type=int, default=16, help="channels of the first stage")
    parser.add_argument("--norm", choices=("batch", "group", "none"), default="batch")
    parser.add_argument("--integrator", choices=("euler", "midpoint", "heun", "rk4"), default="euler",
                        help="one-step method of the blocks whose shortcut is the identity")
    parser.add_argument("--order", choices=("post", "pre"), default="post")
    parser.add_argument("--shortcut", choices=("projection", "pad"), default="projection")
    parser.add_argument("--step", type=float, default=0.1, help="step factor h where it is not learned")
    parser.add_argument("--skip", type=float, default=1.0, help="skip weight s where it is not learned")
    parser.add_argument("--dtype", choices=tuple(DTYPES), default="float64")
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--nesterov", action="store_true")
    parser.add_argument("--optimizer", choices=("sgd", "adam", "adamw", "rmsprop"), default="sgd")
    parser.add_argument("--beta1", type=float, default=0.9, help="of Adam and AdamW")
    parser.add_argument("--beta2", type=float, default=0.999, help="of Adam and AdamW; alpha of RMSprop")
    parser.add_argument("--eps", type=float, default=1e-8, help="of Adam, AdamW and RMSprop")
    parser.add_argument("--decay", choices=("all", "weights"), default="all", help="what decays, besides s and h, which never do")
    parser.add_argument("--clip-norm", type=float, help="largest norm of all gradients")
    parser.add_argument("--clip-value", type=float, help="largest absolute value of a gradient's element")
    parser.add_argument("--label-smoothing", type=float, default=0.0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--eval", action="store_true", help="normalise by the running statistics, in the steps too")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    if (args.make is None) == (args.output is None):
        parser.error("give OUTPUT, or --make SEED without OUTPUT")
    if args.make is not None and args.model is not None:
        parser.error("--make writes INPUT for CIFAR ResNets, not for --model")
    if args.depth < 8 or (args.depth - 2) % 6 != 0:
        parser.error(f"--depth is {args.depth}; the CIFAR ResNet needs 6n+2: 8, 14, 20, ...")
    torch.set_num_threads(args.threads)
    model, said = judge(args) if args.make is None else make(args)
    print(f"{sum(p.numel() for p in model.parameters())} parameters; {said}")


if __name__ == "__main__":
    main()
