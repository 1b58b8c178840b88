"""What the networks of the outside judge have in common: coefficients, norms, the residual block of two convolutions."""

import torch
from torch import nn
from torch.nn import functional


class Coefficients:
    """s and h of each block: a parameter where `learned` names it, such as "layer1.0.step", otherwise the number."""

    def __init__(self, step, skip, learned):
        self.values, self.learned = {"step": float(step), "skip": float(skip)}, learned

    def give(self, block, name):
        for kind, value in self.values.items():
            setattr(block, kind, nn.Parameter(torch.tensor(value)) if f"{name}.{kind}" in self.learned else value)
        return block


def norm(kind, channels, eps=1e-5, momentum=0.1, images=True):
    """At most 32 groups of at least 4 channels, as many as divide the channels."""
    if kind == "batch":
        layer = (nn.BatchNorm2d if images else nn.BatchNorm1d)(channels, eps=eps, momentum=momentum)
        layer.num_batches_tracked = None
        return layer
    if kind == "group":
        groups = max(g for g in range(1, 33) if channels % g == 0 and g <= max(1, channels // 4))
        return nn.GroupNorm(groups, channels, eps=eps)
    return nn.Identity()


def combine(block, x, f):
    """s * x + h * f."""
    if isinstance(block.skip, float) and block.skip == 1 and isinstance(block.step, float):
        return torch.add(x, f, alpha=block.step)  # the same sum in one pass: the benchmark's rival gets its best form
    return block.skip * x + block.step * f


class Block(nn.Module):
    """conv-norm-ReLU-conv-norm in post order, norm-ReLU-conv twice in pre order."""

    def __init__(self, conv1, conv2, norm1, norm2, order, shortcut):
        super().__init__()
        self.conv1, self.bn1, self.conv2, self.bn2 = conv1, norm1, conv2, norm2
        self.order, self.shortcut = order, shortcut if shortcut is not None else nn.Identity()

    def branch(self, x):
        if self.order == "pre":
            return self.conv2(functional.relu(self.bn2(self.conv1(functional.relu(self.bn1(x))))))
        return self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))

    def forward(self, x):
        y = combine(self, self.shortcut(x), self.branch(x))
        return functional.relu(y) if self.order == "post" else y
