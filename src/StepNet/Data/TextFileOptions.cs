namespace StepNet.Data;

/// <summary>How a file of texts is read.</summary>
public sealed record TextFileOptions
{
    /// <summary>Columns of the text by name, or by number from 1, joined by a space; empty to tell it by names and contents.</summary>
    public IReadOnlyList<string> TextColumns { get; init; } = [];

    /// <summary>Column of the label by name, or by number from 1; null to tell it by names and contents.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>
    /// Characters of an item, at least 1. Null: as many as 95 % of the training texts have at most, rounded up to a multiple of 8, 64 to
    /// 1,014.
    /// </summary>
    public int? Length { get; init; }

    /// <summary>File of the test items, with the same columns; null to hold out a fifth of each class.</summary>
    public string? TestFile { get; init; }

    /// <summary>What happens where a row has another number of fields, no text or no label.</summary>
    public BadItems BadRows { get; init; } = BadItems.Stop;

    /// <summary>Seed of the split where there is no <see cref="TestFile"/>.</summary>
    public ulong SplitSeed { get; init; }
}
