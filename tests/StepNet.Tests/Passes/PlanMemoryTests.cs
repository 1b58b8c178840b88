using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Tests.Passes;

public sealed class PlanMemoryTests
{
    [Fact]
    public void Assign_RandomRequests_NeverOverlapInTimeAndPlace()
    {
        CounterRandom random = new(3);
        for (int round = 0; round < 50; round++)
        {
            MemoryRequest[] requests = new MemoryRequest[40];
            for (int i = 0; i < requests.Length; i++)
            {
                int first = random.NextInt(20);
                requests[i] = new MemoryRequest(random.NextInt(100), first, first + random.NextInt(8));
            }

            long total = PlanMemory.Assign(requests, out long[] offsets);

            for (int i = 0; i < requests.Length; i++)
            {
                Assert.True(offsets[i] + requests[i].Size <= total);
                for (int j = 0; j < i; j++)
                {
                    bool together = requests[i].First <= requests[j].Last && requests[j].First <= requests[i].Last;
                    bool overlap = offsets[i] < offsets[j] + requests[j].Size && offsets[j] < offsets[i] + requests[i].Size;
                    Assert.False(together && overlap && requests[i].Size > 0 && requests[j].Size > 0);
                }
            }
        }
    }

    [Fact]
    public void Assign_Chain_UsesTwoBuffers()
    {
        MemoryRequest[] chain = [.. Enumerable.Range(0, 30).Select(i => new MemoryRequest(64, i, i + 1))];

        Assert.Equal(128, PlanMemory.Assign(chain, out _));
    }
}
