using System.Diagnostics;
using System.Globalization;
using StepNet.Execution.Cpu;

namespace StepNet.Tests.Execution;

/// <summary>Memory that a thread of its own touches ahead of those who compute.</summary>
[Collection(nameof(Alone))]
public sealed unsafe class NativeBufferTests
{
    private const int Floats = 16 * 1024 * 1024;

    [Fact]
    public void TouchAhead_LargeBuffer_GetsItsPages()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pages of a process are read from /proc");
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor has none to spare");
        using NativeBuffer untouched = new(Floats), touched = new(Floats);

        touched.TouchAhead();

        bool there = SpinWait.SpinUntil(() => Resident(touched) >= (long)Floats * sizeof(float), TimeSpan.FromSeconds(30));
        Assert.True(there, $"{Resident(touched) >> 20} MiB of {Floats * sizeof(float) >> 20} are there");
        Assert.True(Resident(untouched) < Floats * sizeof(float) / 2, $"{Resident(untouched) >> 20} MiB of what nobody touched are there");
    }

    [Fact]
    public void TouchAhead_WhileOthersWrite_LosesNoWrite()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor has none to spare");
        for (int round = 0; round < 600; round++)
        {
            using NativeBuffer buffer = new(Floats / 16);
            ref float shared = ref *buffer.Data;
            float last = 0;
            buffer.TouchAhead();

            // For two milliseconds at the float that the thread touches first: it passes while this one writes.
            for (long end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 500); Stopwatch.GetTimestamp() < end;)
            {
                for (int i = 0; i < 100; i++)
                {
                    if (Volatile.Read(ref shared) != last)
                    {
                        Assert.Fail($"{last} was written and {shared} is there, in round {round}");
                    }

                    Volatile.Write(ref shared, ++last);
                }
            }
        }
    }

    [Fact]
    public void Dispose_WhileTouched_WaitsForTheThread()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor has none to spare");
        for (int round = 0; round < 200; round++)
        {
            NativeBuffer buffer = new(Floats);
            buffer.TouchAhead();
            buffer.Dispose();
        }
    }

    // Rss of the mapping that holds the buffer's middle.
    private static long Resident(NativeBuffer buffer)
    {
        ulong middle = (ulong)(buffer.Data + (Floats / 2));
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ')[0];
            if (first.Split('-') is [string from, string to] && ulong.TryParse(from, NumberStyles.HexNumber, null, out ulong start))
            {
                inside = start <= middle && middle < ulong.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
            else if (inside && first == "Rss:")
            {
                return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
