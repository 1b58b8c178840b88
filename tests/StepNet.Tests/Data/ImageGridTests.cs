using StepNet.Data;
using StepNet.Graph;
using StepNet.Imaging;

namespace StepNet.Tests.Data;

public sealed class ImageGridTests
{
    [Fact]
    public void Draw_GreyImages_StandByClass()
    {
        ImageDataset images = new([10, 20, 30], [1, 0, 1], Shape.Of(1, 1, 1), ["a", "b", "c"]);

        RgbImage grid = ImageGrid.Draw(images, columns: 2, maxClasses: 2);

        Assert.Equal((8, 8), (grid.Width, grid.Height));
        Assert.Equal([20, 255], [Red(2, 2), Red(5, 2)]);
        Assert.Equal([10, 30], [Red(2, 5), Red(5, 5)]);

        byte Red(int x, int y) => grid.Row(y)[3 * x];
    }
}
