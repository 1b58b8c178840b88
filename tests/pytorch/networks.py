"""The other networks that StepNet is judged by, in plain PyTorch: ResNets for ImageNet, AdaResNet-18, Keras's ResNet50, text and
point ResNets, the recurrent residual cell; and torchvision's own, untouched, under names such as torchvision:resnet18.

Every block computes  y = act(s * shortcut(x) + h * F(x)); names of parameters are those of StepNet's model files.
"""

import torch
from torch import nn
from torch.nn import functional

from blocks import Block, Coefficients, combine, increment, norm


def same(x, kernel, stride, value=0.0):
    """Keras's padding 'same': output = size / stride rounded up; of an odd number of zeros the last goes behind."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        zeros = max(0, (-(-size // stride) - 1) * stride + kernel - size)
        pads += [zeros // 2, zeros - zeros // 2]
    return functional.pad(x, pads, value=value)


class SameConv2d(nn.Conv2d):
    def forward(self, x):
        return super().forward(same(x, self.kernel_size[0], self.stride[0]))


class AdaResNet18(nn.Module):
    """Keras's habits: biases, padding 'same', BN eps 1e-3 and momentum 0.99, which is 0.01 in PyTorch's sense."""

    def __init__(self, kind, width, coefficients):
        super().__init__()

        def bn(channels):
            return norm(kind, channels, eps=1e-3, momentum=0.01)

        def block(name, inputs, planes, stride, shortcut):
            first, second = SameConv2d(inputs, planes, 3, stride), SameConv2d(planes, planes, 3)
            return coefficients.give(Block(first, second, bn(planes), bn(planes), "post", shortcut), name)

        self.conv1, self.bn1 = SameConv2d(3, width, 7, 2), bn(width)
        inputs = width
        for stage, planes in enumerate((width, 2 * width, 4 * width, 8 * width), start=1):
            projection = nn.Sequential(SameConv2d(inputs, planes, 1, 2), bn(planes))
            setattr(self, f"layer{stage}", nn.Sequential(
                block(f"layer{stage}.0", inputs, planes, 2, projection), block(f"layer{stage}.1", planes, planes, 1, None)))
            inputs = planes
        self.linear = nn.Linear(8 * width, 10)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = functional.max_pool2d(same(x, 3, 2, value=-torch.inf), 3, 2)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.linear(x.mean(dim=(2, 3)))


class Bottleneck(nn.Module):
    def __init__(self, inputs, narrow, stride, bn, shortcut):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, narrow, 1, stride), bn(narrow)
        self.conv2, self.bn2 = nn.Conv2d(narrow, narrow, 3, padding=1), bn(narrow)
        self.conv3, self.bn3 = nn.Conv2d(narrow, 4 * narrow, 1), bn(4 * narrow)
        self.shortcut = shortcut if shortcut is not None else nn.Identity()

    def branch(self, x):
        f = functional.relu(self.bn1(self.conv1(x)))
        return self.bn3(self.conv3(functional.relu(self.bn2(self.conv2(f)))))

    def forward(self, x):
        return functional.relu(combine(self, self.shortcut(x), increment(self, x)))


class KerasResNet50(nn.Module):
    """Biases in the convolutions, the stride in the first 1x1, BN eps 1.001e-5 and momentum 0.99."""

    def __init__(self, kind, width, coefficients):
        super().__init__()

        def bn(channels):
            return norm(kind, channels, eps=1.001e-5, momentum=0.01)

        self.conv1, self.bn1 = nn.Conv2d(3, width, 7, 2, padding=3), bn(width)
        inputs = width
        for stage, count in enumerate((3, 4, 6, 3), start=1):
            narrow = width * 2 ** (stage - 1)
            blocks = []
            for i in range(count):
                stride = 2 if stage > 1 and i == 0 else 1
                projection = nn.Sequential(nn.Conv2d(inputs, 4 * narrow, 1, stride), bn(4 * narrow)) if i == 0 else None
                blocks.append(coefficients.give(Bottleneck(inputs, narrow, stride, bn, projection), f"layer{stage}.{i}"))
                inputs = 4 * narrow
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.linear = nn.Linear(inputs, 10)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = functional.max_pool2d(functional.pad(x, (1, 1, 1, 1)), 3, 2)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.linear(x.mean(dim=(2, 3)))


class ImageNetBlock(nn.Module):
    """Two 3x3 convolutions, or with `narrow` a bottleneck whose stride is in its 3x3 convolution; torchvision's names."""

    def __init__(self, kind, inputs, planes, stride, narrow):
        super().__init__()
        sizes = [(inputs, narrow, 1), (narrow, narrow, 3), (narrow, planes, 1)] if narrow else [(inputs, planes, 3), (planes, planes, 3)]
        for i, (source, target, kernel) in enumerate(sizes):
            step = stride if i == (1 if narrow else 0) else 1
            self.add_module(f"conv{i + 1}", nn.Conv2d(source, target, kernel, step, padding=kernel // 2, bias=False))
            self.add_module(f"bn{i + 1}", norm(kind, target))
        self.layers = len(sizes)
        self.downsample = None
        if stride > 1 or inputs != planes:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, planes, 1, stride, bias=False), norm(kind, planes))

    def forward(self, x):
        f = x
        for i in range(1, self.layers + 1):
            f = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(functional.relu(f) if i > 1 else f))
        return functional.relu(combine(self, x if self.downsample is None else self.downsample(x), f))


class ImageNetResNet(nn.Module):
    """torchvision's ResNet-18, -34 or -50 of any width and with s and h."""

    BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}

    def __init__(self, depth, kind, width, coefficients):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 7, 2, padding=3, bias=False), norm(kind, width)
        inputs = width
        for stage, count in enumerate(self.BLOCKS[depth], start=1):
            narrow = width * 2 ** (stage - 1)
            planes, blocks = narrow * (4 if depth == 50 else 1), []
            for i in range(count):
                block = ImageNetBlock(kind, inputs, planes, 2 if stage > 1 and i == 0 else 1, narrow if depth == 50 else None)
                blocks.append(coefficients.give(block, f"layer{stage}.{i}"))
                inputs = planes
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.fc = nn.Linear(inputs, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.bn1(self.conv1(x))), 3, 2, padding=1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean(dim=(2, 3)))


class TextResNet(nn.Module):
    """VDCNN with shortcuts: characters to 16 channels, a convolution of 64, four stages, a halving before all but the first."""

    CONVOLUTIONS = {9: (2, 2, 2, 2), 17: (4, 4, 4, 4), 29: (10, 10, 4, 4), 49: (16, 16, 10, 6)}

    def __init__(self, depth, width, kind, order, head, coefficients):
        super().__init__()
        self.order, self.head = order, head

        def bn(channels):
            return norm(kind, channels, images=False)

        def conv(inputs, outputs, kernel):
            return nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=False)

        self.embedding, self.conv1 = nn.Embedding(69, 16), conv(16, width, 3)
        self.bn1 = bn(width) if order == "post" else nn.Identity()
        inputs = width
        for stage, count in enumerate(self.CONVOLUTIONS[depth], start=1):
            planes, blocks = width * 2 ** (stage - 1), []
            for i in range(count // 2):
                shortcut = nn.Sequential(conv(inputs, planes, 1), bn(planes)) if inputs != planes else None
                first = bn(planes if order == "post" else inputs)
                block = Block(conv(inputs, planes, 3), conv(planes, planes, 3), first, bn(planes), order, shortcut)
                blocks.append(coefficients.give(block, f"layer{stage}.{i}"))
                inputs = planes
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.bn = bn(inputs) if order == "pre" else nn.Identity()
        if head == "kmax":
            self.linear1, self.linear2 = nn.Linear(8 * inputs, 4 * inputs), nn.Linear(4 * inputs, 4 * inputs)
            self.linear3 = nn.Linear(4 * inputs, 4)
        else:
            self.linear1 = nn.Linear(inputs, 4)

    def forward(self, x):
        x = self.conv1(self.embedding(x.long()).transpose(1, 2))
        if self.order == "post":
            x = functional.relu(self.bn1(x))
        x = self.layer1(x)
        for stage in (self.layer2, self.layer3, self.layer4):
            x = stage(functional.max_pool1d(x, 3, 2, padding=1))
        if self.order == "pre":
            x = functional.relu(self.bn(x))
        if self.head == "max":
            return self.linear1(x.amax(dim=2))
        places = x.topk(8, dim=2).indices.sort(dim=2).values  # the largest, in the order of the text
        x = functional.relu(self.linear1(x.gather(2, places).flatten(1)))
        return self.linear3(functional.relu(self.linear2(x)))


class PointBlock(nn.Module):
    def __init__(self, width, kind):
        super().__init__()
        self.linear1, self.bn1 = nn.Linear(width, width), norm(kind, width, images=False)
        self.linear2, self.bn2 = nn.Linear(width, width), norm(kind, width, images=False)

        self.drive = None

    def branch(self, x):
        x = x if self.drive is None else x + self.drive
        return self.bn2(self.linear2(functional.relu(self.bn1(self.linear1(x)))))

    def forward(self, x):
        return combine(self, x, increment(self, x))


class PointResNet(nn.Module):
    """Blocks of two affine maps over points [N, 2]; an affine map before them where they work on another width."""

    def __init__(self, blocks, width, kind, coefficients):
        super().__init__()
        self.lift = nn.Linear(2, width) if width != 2 else nn.Identity()
        self.layer1 = nn.Sequential(*(coefficients.give(PointBlock(width, kind), f"layer1.{i}") for i in range(blocks)))
        self.linear = nn.Linear(width, 2)

    def forward(self, x):
        return self.linear(self.layer1(self.lift(x)))


class TextRnn(nn.Module):
    """x_(t+1) = s x_t + h F(x_t + u_t) over the first characters, from 0; one block of two affine maps for all steps."""

    def __init__(self, steps, width, kind, coefficients):
        super().__init__()
        self.steps = steps
        self.embedding, self.input = nn.Embedding(69, 16), nn.Conv1d(16, width, 1, bias=False)
        self.cell = coefficients.give(PointBlock(width, kind), "cell")
        self.linear = nn.Linear(width, 4)

    def forward(self, x):
        drive = self.input(self.embedding(x.long()).transpose(1, 2))
        state = torch.zeros_like(drive[:, :, 0])
        for t in range(self.steps):
            self.cell.drive = drive[:, :, t]
            state = self.cell(state)
        return self.linear(state)


def build(args, learned):
    """The network of --model."""
    if args.model.startswith("torchvision:"):
        import torchvision  # only here: the other networks do without

        return getattr(torchvision.models, args.model.split(":")[1])(num_classes=10)
    coefficients = Coefficients(args.step, args.skip, learned, args.integrator)
    prefix = args.model.rstrip("0123456789")
    number = int(args.model[len(prefix):])
    if prefix == "imagenet-resnet":
        return ImageNetResNet(number, args.norm, args.width, coefficients)
    if prefix == "adaresnet":
        return AdaResNet18(args.norm, args.width, coefficients)
    if prefix == "keras-resnet":
        return KerasResNet50(args.norm, args.width, coefficients)
    if prefix == "text-resnet":
        return TextResNet(number, args.width, args.norm, args.order, args.head, coefficients)
    if prefix == "text-rnn":
        return TextRnn(number, args.width, args.norm, coefficients)
    return PointResNet(number, args.width, args.norm, coefficients)
