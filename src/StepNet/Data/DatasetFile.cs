using System.Security.Cryptography;

namespace StepNet.Data;

/// <summary>A published file of a data set.</summary>
/// <param name="Name">Its name, as published.</param>
/// <param name="Md5">Its published MD5 sum, 32 lower-case hexadecimal digits.</param>
/// <param name="Mirrors">Where it can be had, best first.</param>
public sealed record DatasetFile(string Name, string Md5, IReadOnlyList<Uri> Mirrors)
{
    /// <summary>Whether a file on disk has the published bytes, by their sum.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool Matches(string path)
    {
        using FileStream file = File.OpenRead(path);
        return SumOf(file) == Md5;
    }

    // The publishers give MD5 and nothing else; to this day nobody can make other bytes with the sum of given ones.
#pragma warning disable CA5351
    internal static string SumOf(Stream content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
}
