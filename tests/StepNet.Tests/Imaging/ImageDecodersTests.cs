using StepNet.Imaging;

namespace StepNet.Tests.Imaging;

/// <summary>Decoded pictures against the field's libraries, and files that are damaged.</summary>
public sealed class ImageDecodersTests
{
    public static TheoryData<string> Names(string format) =>
        [.. ImageSample.All.Keys.Where(name => name.StartsWith(format, StringComparison.Ordinal))];

    // The task allows two levels; integer arithmetic with the same rounding gives none.
    [Theory]
    [MemberData(nameof(Names), "jpeg", DisableDiscoveryEnumeration = true)]
    public void Decode_Jpeg_EqualsLibjpeg(string name)
    {
        int limit = name.StartsWith("jpeg-cmyk", StringComparison.Ordinal) ? 1 : 0;
        Assert.InRange(Difference(name), 0, limit);
    }

    [Theory]
    [MemberData(nameof(Names), "png", DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Names), "bmp", DisableDiscoveryEnumeration = true)]
    public void Decode_Lossless_EqualsPillow(string name) => Assert.Equal(0, Difference(name));

    [Theory]
    [MemberData(nameof(Names), "resize", DisableDiscoveryEnumeration = true)]
    public void Bilinear_ASmoothPicture_EqualsPillow(string name)
    {
        ImageSample sample = ImageSample.Of(name);
        RgbImage resized = ImageResize.Bilinear(ImageDecoders.Decode(sample.File), sample.Width, sample.Height);
        Assert.Equal(sample.Pixels, resized.Pixels);
    }

    [Fact]
    public void ShorterSideAndCrop_AWidePicture_KeepsItsMiddle()
    {
        RgbImage wide = new(6, 2, [.. Enumerable.Range(0, 36).Select(i => (byte)i)]);
        RgbImage cut = ImageResize.ShorterSideAndCrop(wide, 2);
        Assert.Equal([6, 7, 8, 9, 10, 11, 24, 25, 26, 27, 28, 29], cut.Pixels);
    }

    // The parts of what would be scaled whole, and then cut.
    [Theory]
    [InlineData(37, 9, 5)]
    [InlineData(9, 37, 5)]
    [InlineData(9, 37, 20)]
    [InlineData(8, 8, 5)]
    [InlineData(40, 5, 5)]
    public void ShorterSideAndCrop_AnyShape_IsTheMiddleOfTheWhole(int width, int height, int size)
    {
        RgbImage image = new(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(i * i * 7))]);
        int longer = size * Math.Max(width, height) / Math.Min(width, height);
        RgbImage whole = ImageResize.Bilinear(image, width > height ? longer : size, width > height ? size : longer), cut = ImageResize.ShorterSideAndCrop(image, size);
        int left = (int)Math.Round((whole.Width - size) / 2.0), top = (int)Math.Round((whole.Height - size) / 2.0);

        Assert.Equal((size, size), (cut.Width, cut.Height));
        for (int y = 0; y < size; y++)
        {
            Assert.Equal(whole.Row(top + y).Slice(3 * left, 3 * size).ToArray(), cut.Row(y).ToArray());
        }
    }

    // A strip of one pixel would be a billion pixels wide, of which a square is wanted.
    [Theory]
    [InlineData(1, 5_000_000)]
    [InlineData(5_000_000, 1)]
    public void ShorterSideAndCrop_AStrip_CostsASquare(int width, int height)
    {
        RgbImage strip = new(width, height, new byte[3 * width * height]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        RgbImage cut = ImageResize.ShorterSideAndCrop(strip, 224);

        Assert.Equal((224, 224), (cut.Width, cut.Height));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    // A picture of two pixels that was taken with the camera on its side.
    [Fact]
    public void Decode_PngWithExif_IsUpright()
    {
        byte[] file = PngEncoder.Encode(new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]));
        byte[] tiff = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        int end = file.AsSpan().IndexOf("IDAT"u8) - 4;

        RgbImage image = ImageDecoders.Decode([.. file[..end], .. PngWriter.Chunk("eXIf", tiff), .. file[end..]]);

        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal([1, 2, 3, 4, 5, 6], image.Pixels);
    }

    // JFIF says YCbCr, whatever Adobe's marker behind it says; so do libjpeg and browsers.
    [Fact]
    public void Decode_JfifWithAdobeMarker_IsYCbCr()
    {
        byte[] file = ImageSample.Of("jpeg-baseline-4:2:0-33x31").File;
        byte[] jfif = [0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
        byte[] adobe = [0xFF, 0xEE, 0, 14, (byte)'A', (byte)'d', (byte)'o', (byte)'b', (byte)'e', 0, 100, 0, 0, 0, 0, 0];

        Assert.Equal(ImageDecoders.Decode(file).Pixels, ImageDecoders.Decode([.. file[..2], .. jfif, .. adobe, .. file[2..]]).Pixels);
    }

    [Fact]
    public void Decode_AnyLimit_RefusesWhatNoArrayHolds()
    {
        byte[] png = PngWriter.Write(1, 1, 2, 8, interlaced: false, out _, claimedWidth: 40_000, claimedHeight: 40_000);

        Assert.Contains("40000 x 40000 pixels; at most", Assert.Throws<ImageException>(() => ImageDecoders.Decode(png, long.MaxValue)).Message, StringComparison.Ordinal);
    }

    // Every colour type and depth, plain and interlaced, written by the readable encoder below.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 4)]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(2, 8)]
    [InlineData(2, 16)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    [InlineData(6, 8)]
    [InlineData(6, 16)]
    public void Decode_PngOfAnyKind_IsAsWritten(int type, int depth)
    {
        foreach ((int width, int height) in new[] { (1, 1), (3, 5), (9, 10), (16, 8) })
        {
            byte[] plain = PngWriter.Write(width, height, type, depth, interlaced: false, out byte[] expected);
            byte[] interlaced = PngWriter.Write(width, height, type, depth, interlaced: true, out byte[] same);
            Assert.Equal(expected, ImageDecoders.Decode(plain).Pixels);
            Assert.Equal(same, ImageDecoders.Decode(interlaced).Pixels);
            Assert.Equal(expected, same);
        }
    }

    [Fact]
    public void Decode_BmpRuns_AreAsWritten()
    {
        // 4 x 2, four colours, RLE8: a run of three and one pixel; below it (so above in the file) four literal pixels.
        byte[] runs = [3, 1, 1, 2, 0, 0, 0, 4, 3, 2, 1, 0, 0, 1];
        byte[] file = Bmp(4, 2, bits: 8, compression: 1, runs);
        byte[] shades = [3, 2, 1, 0, 1, 1, 1, 2];
        Assert.Equal([.. shades.SelectMany(i => new[] { (byte)(3 * i), (byte)(2 * i), (byte)i })], ImageDecoders.Decode(file).Pixels);
    }

    [Fact]
    public void Decode_BmpOf16BitsAndTopDown_IsStretchedToEight()
    {
        byte[] file = Bmp(2, -1, bits: 16, compression: 0, [0x00, 0x7C, 0x1F, 0x02]);
        Assert.Equal([255, 0, 0, 0, 132, 255], ImageDecoders.Decode(file).Pixels);
    }

    [Theory]
    [InlineData("jpeg-baseline-4:2:0-33x31")]
    [InlineData("jpeg-progressive-4:2:0-33x31")]
    [InlineData("jpeg-restart-33x31")]
    [InlineData("png-RGB")]
    [InlineData("png-P")]
    [InlineData("bmp-RGB")]
    [InlineData("bmp-P")]
    public void Decode_AFileCutAnywhere_IsRefused(string name)
    {
        byte[] file = ImageSample.Of(name).File;
        for (int length = 0; length < file.Length; length++)
        {
            byte[] cut = file[..length];
            _ = Assert.Throws<ImageException>(() => ImageDecoders.Decode(cut));
        }
    }

    [Theory]
    [InlineData("jpeg-baseline-4:2:0-33x31")]
    [InlineData("jpeg-progressive-4:2:0-33x31")]
    [InlineData("jpeg-restart-progressive-33x31")]
    [InlineData("jpeg-4x2-33x31")]
    [InlineData("png-RGB")]
    [InlineData("bmp-P")]
    public void Decode_AFileWithAnyByteChanged_IsReadOrRefused(string name)
    {
        byte[] file = ImageSample.Of(name).File;
        for (int i = 0; i < file.Length; i++)
        {
            foreach (byte flip in new byte[] { 0xFF, 0x01, 0x80, 0x10 })
            {
                file[i] ^= flip;
                try
                {
                    _ = ImageDecoders.Decode(file);
                }
                catch (ImageException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                }

                file[i] ^= flip;
            }
        }
    }

    [Fact]
    public void Decode_HugeDimensions_AreRefusedBeforeMemoryIsTaken()
    {
        byte[] jpeg = ImageSample.Of("jpeg-baseline-4:2:0-33x31").File;
        int frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) + 5;
        byte[] large = [.. jpeg[..frame], 0xFF, 0xFF, 0xFF, 0xFF, .. jpeg[(frame + 4)..]];
        byte[] plausible = [.. jpeg[..frame], 0x10, 0x00, 0x10, 0x00, .. jpeg[(frame + 4)..]];
        byte[] png = PngWriter.Write(1, 1, 2, 8, interlaced: false, out _, claimedWidth: 4096, claimedHeight: 4096);
        byte[] bmp = Bmp(4096, 4096, 24, 0, [1, 2, 3]);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("65535 x 65535", Refusal(large), StringComparison.Ordinal);
        Assert.Contains("cannot hold 4096 x 4096", Refusal(plausible), StringComparison.Ordinal);
        Assert.Contains("cannot hold 4096 x 4096", Refusal(png), StringComparison.Ordinal);
        Assert.Contains("the file ends inside", Refusal(bmp), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);

        static string Refusal(byte[] file) => Assert.Throws<ImageException>(() => ImageDecoders.Decode(file)).Message;
    }

    [Fact]
    public void Decode_NoPicture_NamesTheFormats()
    {
        ImageException text = Assert.Throws<ImageException>(() => ImageDecoders.Decode("hello"u8));
        // Another test registers a decoder of its own, whose format stands before these.
        Assert.Contains("68656C6C, which is none of ", text.Message, StringComparison.Ordinal);
        Assert.Contains("JPEG, PNG, BMP", text.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ImageException>(() => ImageDecoders.Decode([]));
    }

    [Fact]
    public void Load_AMissingFile_NamesIt()
    {
        ImageException e = Assert.Throws<ImageException>(() => ImageDecoders.Load("no/such/picture.png"));
        Assert.StartsWith("Image 'no/such/picture.png': ", e.Message, StringComparison.Ordinal);
    }

    private static int Difference(string name)
    {
        ImageSample sample = ImageSample.Of(name);
        RgbImage image = ImageDecoders.Decode(sample.File);
        Assert.Equal((sample.Width, sample.Height), (image.Width, image.Height));
        return sample.Pixels.Zip(image.Pixels, (a, b) => Math.Abs(a - b)).Max();
    }

    private static byte[] Bmp(int width, int height, int bits, int compression, byte[] data)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        int colours = bits == 8 ? 4 : 0;
        writer.Write("BM"u8);
        writer.Write([54 + (4 * colours) + data.Length, 0, 54 + (4 * colours), 40, width, height]);
        writer.Write((ushort)1);
        writer.Write((ushort)bits);
        writer.Write([compression, data.Length, 0, 0, colours, 0]);
        for (byte i = 0; i < colours; i++)
        {
            writer.Write([i, (byte)(2 * i), (byte)(3 * i), 0]);
        }

        writer.Write(data);
        return stream.ToArray();
    }
}

file static class Extensions
{
    internal static void Write(this BinaryWriter writer, ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
        {
            writer.Write(number);
        }
    }
}
