using System.CommandLine;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>
/// The machine's two limits by our own code: multiply-adds in registers, and copying memory. Each is the median of short
/// bursts that all threads begin together, so that it is the speed a step of the same seconds could have had.
/// </summary>
internal static unsafe class MachineLimits
{
    // Ten milliseconds or so a burst; memory several times the largest caches.
    private const int Rounds = 4_000_000, CopyBytes = 128 << 20, Accumulators = 12;

    public static Command Command()
    {
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        Option<int> bursts = new("--bursts") { Description = "Bursts of each.", DefaultValueFactory = _ => 25 };
        Command command = new("limits", "The machine's multiply-add peak and copy bandwidth: one line of JSON.") { threads, bursts };
        command.SetAction(parsed => Console.WriteLine(JsonSerializer.Serialize(
            Measure(Math.Max(1, parsed.GetValue(threads)), Math.Max(1, parsed.GetValue(bursts))), Row.Json)));
        return command;
    }

    public static LimitRow Measure(int threads, int bursts)
    {
        string simd = Simd.Chosen;
        Func<int, float> multiplyAdd = simd switch
        {
            "avx512" => MultiplyAdds<Avx512Simd, Vector512<float>>,
            "avx2" => MultiplyAdds<Avx2Simd, Vector256<float>>,
            _ => MultiplyAdds<PortableSimd, Vector128<float>>,
        };
        int lanes = simd switch
        {
            "avx512" => Avx512Simd.Width,
            "avx2" => Avx2Simd.Width,
            _ => PortableSimd.Width,
        };
        Spread peak = Spread.Of(
            Bursts(threads, bursts, _ => multiplyAdd(Rounds)).Select(s => 2.0 * threads * Rounds * Accumulators * lanes / s / 1e9));

        nuint part = (nuint)(CopyBytes / threads / 64 * 64);
        byte*[] from = new byte*[threads], to = new byte*[threads];
        for (int i = 0; i < threads; i++)
        {
            from[i] = (byte*)NativeMemory.AlignedAlloc(part, 64);
            to[i] = (byte*)NativeMemory.AlignedAlloc(part, 64);
            NativeMemory.Fill(from[i], part, 1);
            NativeMemory.Fill(to[i], part, 2);
        }

        // What is read and what is written both count.
        Spread copy = Spread.Of(
            Bursts(threads, bursts, i => Copy(from[i], to[i], part)).Select(s => 2.0 * threads * part / s / 1e9));
        for (int i = 0; i < threads; i++)
        {
            NativeMemory.AlignedFree(from[i]);
            NativeMemory.AlignedFree(to[i]);
        }

        return new LimitRow(
            0, threads, simd, Rounded(peak.Median), Rounded(peak.Min), Rounded(peak.Max),
            Rounded(copy.Median), Rounded(copy.Min), Rounded(copy.Max));

        static double Rounded(double value) => Math.Round(value, 1);
    }

    // Seconds of each burst, from the moment that all threads are ready to the moment that the last is done.
    private static List<double> Bursts(int threads, int bursts, Action<int> work)
    {
        List<double> seconds = [];
        using Barrier start = new(threads), end = new(threads);
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Loop(i)))];
        Array.ForEach(others, thread => thread.Start());
        Loop(0);
        Array.ForEach(others, thread => thread.Join());
        return seconds;

        void Loop(int thread)
        {
            work(thread); // pages touched, code compiled
            for (int i = 0; i < bursts; i++)
            {
                start.SignalAndWait();
                long before = Stopwatch.GetTimestamp();
                work(thread);
                end.SignalAndWait();
                if (thread == 0)
                {
                    seconds.Add(Stopwatch.GetElapsedTime(before).TotalSeconds);
                }
            }
        }
    }

    // Twelve chains: more than latency times the two units of any machine known, and 16 registers hold them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds<TSimd, TVec>(int rounds)
        where TSimd : struct, ISimd<TVec>
        where TVec : unmanaged
    {
        TVec x = TSimd.Broadcast(0.5f), y = TSimd.Broadcast(1);
        TVec a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int round = 0; round < rounds; round++)
        {
            a = TSimd.MultiplyAdd(a, x, y);
            b = TSimd.MultiplyAdd(b, x, y);
            c = TSimd.MultiplyAdd(c, x, y);
            d = TSimd.MultiplyAdd(d, x, y);
            e = TSimd.MultiplyAdd(e, x, y);
            f = TSimd.MultiplyAdd(f, x, y);
            g = TSimd.MultiplyAdd(g, x, y);
            h = TSimd.MultiplyAdd(h, x, y);
            i = TSimd.MultiplyAdd(i, x, y);
            j = TSimd.MultiplyAdd(j, x, y);
            k = TSimd.MultiplyAdd(k, x, y);
            l = TSimd.MultiplyAdd(l, x, y);
        }

        TVec sum = TSimd.Add(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)), TSimd.Add(TSimd.Add(e, f), TSimd.Add(g, h)));
        return TSimd.Sum(TSimd.Add(sum, TSimd.Add(TSimd.Add(i, j), TSimd.Add(k, l))));
    }

    // Past the caches: a plain store would first read what it overwrites, and a third of the bandwidth would be lost.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(byte* from, byte* to, nuint bytes)
    {
        for (nuint i = 0; i < bytes; i += 64)
        {
            Vector512.LoadAligned(from + i).StoreAlignedNonTemporal(to + i);
        }
    }
}
