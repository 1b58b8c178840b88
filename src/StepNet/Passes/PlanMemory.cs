namespace StepNet.Passes;

/// <summary>Gives buffers that are not needed at the same time the same memory.</summary>
internal static class PlanMemory
{
    /// <summary>Offsets such that no two requests that live at one time overlap.</summary>
    /// <param name="requests">Sizes and times.</param>
    /// <param name="offsets">Receives an offset for each request.</param>
    /// <returns>The size of the whole.</returns>
    /// <remarks>Largest first, each at the lowest place free for its whole life: within a few percent of the peak for chains.</remarks>
    public static long Assign(IReadOnlyList<MemoryRequest> requests, out long[] offsets)
    {
        offsets = new long[requests.Count];
        List<int> placed = [];
        long total = 0;
        foreach (int i in Enumerable.Range(0, requests.Count).OrderByDescending(i => requests[i].Size).ThenBy(i => requests[i].First))
        {
            MemoryRequest request = requests[i];
            long offset = 0;
            foreach (int other in placed)
            {
                // Those placed are kept in the order of their offsets.
                MemoryRequest taken = requests[other];
                bool together = taken.First <= request.Last && request.First <= taken.Last;
                if (together && offsets[other] < offset + request.Size && offset < offsets[other] + taken.Size)
                {
                    offset = offsets[other] + taken.Size;
                }
            }

            offsets[i] = offset;
            long at = offset;
            long[] known = offsets;
            int place = placed.FindIndex(other => known[other] > at);
            placed.Insert(place < 0 ? placed.Count : place, i);
            total = Math.Max(total, offset + request.Size);
        }

        return total;
    }
}

/// <summary>A buffer to be placed.</summary>
/// <param name="Size">Size, at least 0; a multiple of the alignment that the offsets are to keep.</param>
/// <param name="First">First time it is needed.</param>
/// <param name="Last">Last time it is needed, inclusive.</param>
internal readonly record struct MemoryRequest(long Size, int First, int Last);
