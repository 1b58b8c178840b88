using StepNet.Data;

namespace StepNet.Experiments.Reproductions;

/// <summary>How much noise a set has, measured against the same set without it (Towards Robust ResNet, figure 17).</summary>
public static class InputNoise
{
    /// <summary>Mean and standard deviation of the noise on normalised pixels, over all pixels of all items.</summary>
    /// <param name="clean">Images.</param>
    /// <param name="noisy">The same images with noise.</param>
    /// <param name="std">Deviation by which each channel is divided in normalisation.</param>
    public static (double Mean, double Deviation) OfPixels(IDataset clean, IDataset noisy, IReadOnlyList<float> std)
    {
        (double sum, double squares, long count) = (0, 0, 0);
        foreach ((float[] before, float[] after) in Pairs(clean, noisy))
        {
            int plane = before.Length / std.Count;
            for (int i = 0; i < before.Length; i++)
            {
                double noise = (after[i] - before[i]) / std[i / plane];
                (sum, squares, count) = (sum + noise, squares + (noise * noise), count + 1);
            }
        }

        double mean = sum / count;
        return (mean, Math.Sqrt(Math.Max((squares / count) - (mean * mean), 0)));
    }

    /// <summary>
    /// Share of the characters, padding left out, that were replaced by random letters. A letter that a replacement does not change
    /// cannot be seen, which happens to one in 26; the share allows for it.
    /// </summary>
    /// <param name="clean">Texts as codes of <see cref="CharacterVocabulary"/>.</param>
    /// <param name="noisy">The same texts with noise.</param>
    public static double OfCharacters(IDataset clean, IDataset noisy)
    {
        (double changed, double visible) = (0, 0);
        (byte first, byte last) = (CharacterVocabulary.CodeOf('a'), CharacterVocabulary.CodeOf('z'));
        foreach ((float[] before, float[] after) in Pairs(clean, noisy))
        {
            for (int i = 0; i < before.Length && before[i] != CharacterVocabulary.Padding; i++)
            {
                changed += before[i] == after[i] ? 0 : 1;
                visible += before[i] >= first && before[i] <= last ? 25.0 / 26 : 1;
            }
        }

        return changed / visible;
    }

    private static IEnumerable<(float[] Before, float[] After)> Pairs(IDataset clean, IDataset noisy)
    {
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentNullException.ThrowIfNull(noisy);
        if (clean.Count != noisy.Count || clean.ItemShape != noisy.ItemShape)
        {
            throw new ArgumentException($"{clean.Count} items of {clean.ItemShape} and {noisy.Count} of {noisy.ItemShape}: expected a set and the same set with noise.", nameof(noisy));
        }

        float[] before = new float[clean.ItemShape.ItemCount], after = new float[before.Length];
        for (int i = 0; i < clean.Count; i++)
        {
            _ = (clean.Read(i, before), noisy.Read(i, after));
            yield return (before, after);
        }
    }
}
