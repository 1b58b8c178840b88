using StepNet.Training;

namespace StepNet.Cli;

/// <summary>The words of <c>--taps</c>.</summary>
internal static class TapWords
{
    private static readonly (string Word, TapKinds Kinds)[] s_words =
    [
        ("coefficients", TapKinds.Coefficients), ("weights", TapKinds.Weights), ("gradients", TapKinds.Gradients),
        ("activations", TapKinds.Activations), ("blocks", TapKinds.Blocks),
    ];

    /// <summary>All words, for help and messages.</summary>
    internal static string All => string.Join(", ", s_words.Select(known => known.Word));

    /// <exception cref="FormatException">A word is none of these; the message is one line.</exception>
    internal static TapKinds Parse(string text) => text == "all" ? TapKinds.All : text.Split(',').Aggregate(
        TapKinds.None, (kinds, word) => kinds | s_words.FirstOrDefault(known => known.Word == word.Trim()).Kinds switch
        {
            TapKinds.None => throw new FormatException($"'{word.Trim()}', expected all, or some of {All}, with commas between them."),
            TapKinds one => one,
        });

    internal static string Write(TapKinds kinds) => kinds == TapKinds.All ? "all"
        : string.Join(',', s_words.Where(known => kinds.HasFlag(known.Kinds)).Select(known => known.Word));
}
