using StepNet.Imaging;

namespace StepNet.Tests.Imaging;

public sealed class PngEncoderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(300, 3)]
    public void Encode_AnySize_DecodesToTheSamePixels(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        new Random(width).NextBytes(pixels);

        RgbImage decoded = ImageDecoders.Decode(PngEncoder.Encode(new RgbImage(width, height, pixels)));

        Assert.Equal((width, height), (decoded.Width, decoded.Height));
        Assert.Equal(pixels, decoded.Pixels);
    }

    [Fact]
    public void Encode_OnePixel_IsTheFileWorkedOutByHand()
    {
        byte[] file = PngEncoder.Encode(new RgbImage(1, 1, [1, 2, 3]));

        // Signature, then the header chunk: length 13, 1 x 1 pixel, 8 bits, colour type 2; its checksum is zlib's crc32.
        Assert.Equal("89504E470D0A1A0A0000000D494844520000000100000001080200000090" + "7753DE", Convert.ToHexString(file.AsSpan(0, 33)));
        Assert.Equal("0000000049454E44AE426082", Convert.ToHexString(file.AsSpan(file.Length - 12)));
    }
}
