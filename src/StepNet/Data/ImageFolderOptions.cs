namespace StepNet.Data;

/// <summary>How a folder of images is read.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// Height and width of an item, 4 to 4,096: the shorter side is scaled to it and the middle cut out. Null: 64 where the median of the
    /// shorter sides, over 64 images, is at least 64; otherwise 32.
    /// </summary>
    public int? ImageSize { get; init; }

    /// <summary>What happens where a file is no image.</summary>
    public BadItems BadFiles { get; init; } = BadItems.Stop;

    /// <summary>Seed of the split where there is no <c>test</c> folder.</summary>
    public ulong SplitSeed { get; init; }

    /// <summary>
    /// Most bytes of decoded images in memory, an item taking <c>3 x size x size</c>. Beyond it files are decoded again each time, by
    /// whoever reads: in training the loader's thread.
    /// </summary>
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>Told of files done and files in all, from several threads.</summary>
    public Action<int, int>? OnProgress { get; init; }
}
