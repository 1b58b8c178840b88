namespace StepNet.Experiments;

/// <summary>Finds what a mistyped word was meant to be.</summary>
internal static class Nearest
{
    /// <summary><c> Did you mean ...?</c> for the end of an error; empty where nothing is near.</summary>
    internal static string Hint(string word, IEnumerable<string> known) => To(word, known) is string near ? $" Did you mean {near}?" : "";

    /// <summary>The known word of the fewest edits from <paramref name="word"/>; null where it takes more than a third of it.</summary>
    internal static string? To(string word, IEnumerable<string> known)
    {
        string? best = null;
        int bestEdits = Math.Max(2, word.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int edits = Edits(word, candidate);
            (best, bestEdits) = edits < bestEdits ? (candidate, edits) : (best, bestEdits);
        }

        return best;
    }

    // Levenshtein's distance, a row at a time.
    private static int Edits(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
