"""Writes tests/StepNet.Tests/Imaging/samples.json: small pictures in many encodings, with the pixels that the field's libraries decode.

Needs Pillow and cjpeg (libjpeg-turbo). The tests read the result alone; run this again only to add a case.
    python3 tests/imaging/make_samples.py
"""
import base64
import io
import json
import math
import pathlib
import subprocess

from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parent.parent / "StepNet.Tests" / "Imaging" / "samples.json"


def picture(width, height):
    """Smooth colours, an edge and a little texture: every coefficient of a block gets used."""
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            wave = 60 * math.sin(x / 3) * math.cos(y / 4)
            edge = 90 if x > y else 0
            image.putpixel((x, y), (int(100 + wave) % 256, (x * 9 + edge) % 256, (y * 11 + (x * y) % 7) % 256))
    return image


def save(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def cjpeg(image, *options):
    return subprocess.run(["cjpeg", "-quality", "80", *options], input=save(image, format="PPM"), capture_output=True, check=True).stdout


def cases():
    for size in [(1, 1), (2, 3), (3, 2), (17, 13), (33, 31)]:
        image = picture(*size)
        name = f"{size[0]}x{size[1]}"
        for sampling in ["4:4:4", "4:2:2", "4:2:0"]:
            for progressive in [False, True]:
                kind = "progressive" if progressive else "baseline"
                yield f"jpeg-{kind}-{sampling}-{name}", save(
                    image, format="JPEG", quality=75, subsampling=sampling, progressive=progressive)
        yield f"jpeg-grey-{name}", save(image.convert("L"), format="JPEG", quality=90)
        yield f"jpeg-optimised-{name}", save(image, format="JPEG", quality=40, optimize=True)
        yield f"jpeg-restart-{name}", cjpeg(image, "-restart", "1B")
        yield f"jpeg-restart-progressive-{name}", cjpeg(image, "-restart", "1B", "-progressive")
        yield f"jpeg-1x2-{name}", cjpeg(image, "-sample", "1x2")
        yield f"jpeg-4x1-{name}", cjpeg(image, "-sample", "4x1")
        yield f"jpeg-4x2-{name}", cjpeg(image, "-sample", "4x2")
        yield f"jpeg-rgb-{name}", cjpeg(image, "-rgb")
    image = picture(17, 13)
    yield "jpeg-cmyk", save(image.convert("CMYK"), format="JPEG", quality=85)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"jpeg-orientation-{orientation}", save(image, format="JPEG", quality=75, exif=exif)
    for mode in ["1", "L", "P", "RGB", "RGBA", "LA"]:
        yield f"png-{mode}", save(image.convert(mode), format="PNG")
    for bits in [1, 2, 4]:
        yield f"png-palette-{bits}", save(image.quantize(2 ** bits), format="PNG", bits=bits)
    for mode in ["1", "L", "P", "RGB", "RGBA"]:
        yield f"bmp-{mode}", save(image.convert(mode), format="BMP")


samples = []
for name, file in cases():
    decoded = ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("RGB")
    samples.append({
        "name": name,
        "file": base64.b64encode(file).decode(),
        "width": decoded.width,
        "height": decoded.height,
        "pixels": base64.b64encode(decoded.tobytes()).decode(),
    })
for size in [(5, 4), (16, 16), (40, 31), (64, 20)]:
    resized = picture(33, 31).resize(size, Image.BILINEAR)
    samples.append({
        "name": f"resize-{size[0]}x{size[1]}",
        "file": base64.b64encode(save(picture(33, 31), format="PNG")).decode(),
        "width": size[0],
        "height": size[1],
        "pixels": base64.b64encode(resized.tobytes()).decode(),
    })

OUT.write_text(json.dumps(samples, indent=1) + "\n")
