namespace StepNet.Experiments.Charts;

/// <summary>Pictures in rows and columns, with captions: samples of a data set, what noise or an augmentation does to them.</summary>
public sealed record ImageGrid : Figure
{
    private const double CaptionSize = 11.5, Gap = 10;

    /// <summary>Row by row.</summary>
    public required IReadOnlyList<GridImage> Images { get; init; }

    /// <summary>Pictures in a row.</summary>
    public int Columns { get; init; } = 8;

    internal override FigureBody Layout(double width)
    {
        if (Images.Count == 0 || Columns < 1)
        {
            throw new ArgumentException($"Image grid '{Title}' has {Images.Count} pictures in {Columns} columns; give it at least one of both.");
        }

        double cell = (width - ((Columns - 1) * Gap)) / Columns;
        List<(int Index, double X, double Y, double Height, TextBlock Caption)> placed = [];
        double y = 4;
        foreach (int[] row in Enumerable.Range(0, Images.Count).Chunk(Columns))
        {
            double[] heights = [.. row.Select(i => Images[i].Size() is var (w, h) ? cell * h / w : 0)];
            TextBlock[] captions = [.. row.Select(i => new TextBlock(
                Images[i].Caption.Length > 0 ? [(Images[i].Caption, "ink", CaptionSize, false)] : [], cell))];
            placed.AddRange(row.Select((i, column) => (i, column * (cell + Gap), y, heights[column], captions[column])));
            y += heights.Max() + captions.Max(caption => caption.Height) + Gap;
        }

        return new FigureBody(y - Gap, Draw, $"{Images.Count} pictures: {string.Join(", ", Images.Select(image => image.Caption))}.");

        void Draw(SvgWriter svg)
        {
            foreach ((int index, double x, double top, double height, TextBlock caption) in placed)
            {
                // Small pictures are enlarged; their pixels are what there is to see.
                svg.Hover("image", Images[index].Caption, ("x", x), ("y", top), ("width", cell), ("height", height),
                    ("style", Images[index].Size().Width < cell ? "image-rendering:pixelated" : null),
                    ("href", "data:image/png;base64," + Convert.ToBase64String(Images[index].Png.Span)));
                caption.Draw(svg, x + (cell / 2), top + height + 2, centred: true);
            }
        }
    }
}
