using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StepNet.Data;

/// <summary>What a look at an item found.</summary>
/// <param name="Name">Which it is: path within the folder, file and line, or index.</param>
/// <param name="Part">What it is for.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Hash">Of its decoded pixels or its normalised text: equal for equal items.</param>
/// <param name="Sizes">One number for each of the <see cref="DataInspection.Sizes"/>.</param>
/// <param name="Channels">Of an image: 1 for grey, 3 for colour; 0 for what is none.</param>
internal sealed record ItemFacts(string Name, DataPart Part, int Label, UInt128 Hash, int[] Sizes, int Channels)
{
    /// <summary>Of all that the network may tell apart, where <see cref="Hash"/> passes over some.</summary>
    internal UInt128 ExactHash { get; init; } = Hash;

    /// <summary>Half of the SHA-256 sum of some bytes.</summary>
    internal static UInt128 HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(bytes, sum);
        return BinaryPrimitives.ReadUInt128LittleEndian(sum);
    }
}
