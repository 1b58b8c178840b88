using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>The two algorithms for convolutions over three places, kernel by kernel, on one thread: the figures behind the choice.</summary>
internal static unsafe class Convolutions
{
    public static Command Command()
    {
        Option<string> shapes = new("--shapes")
        {
            Description = "Channels x map, such as 16x32: 16 channels of 32x32 pixels, 3x3; 64x1x256: 64 of a sequence of 256, three in a row.",
            DefaultValueFactory = _ => "16x32,32x16,64x8,64x32,128x16,128x8,256x8,256x4,512x4,64x1x256,128x1x128,256x1x64,512x1x32",
        };
        Option<int> items = new("--items") { Description = "Images that go through a kernel together.", DefaultValueFactory = _ => 0 };
        Option<int> rounds = new("--rounds") { Description = "Timings of each kernel; the least counts.", DefaultValueFactory = _ => 15 };
        Command command = new("convolutions", "Direct and Winograd kernels beside each other: microseconds an image.") { shapes, items, rounds };
        command.SetAction(parsed =>
        {
            VectorKernels kernels = VectorKernels.Select(Environment.GetEnvironmentVariable(Executors.SimdVariable));
            Console.WriteLine($"{kernels.Name}, us an image: direct, Winograd, and the ratio");
            foreach (string shape in parsed.GetRequiredValue(shapes).Split(','))
            {
                int[] numbers = [.. shape.Split('x').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
                Compare(kernels, shape, numbers[0], numbers[1], numbers[^1], parsed.GetValue(items), parsed.GetValue(rounds));
            }
        });
        return command;
    }

    private static void Compare(VectorKernels k, string shape, int channels, int height, int width, int items, int rounds)
    {
        // As many items as the executor would take together, over a batch that does not stay in the second cache.
        const int Batch = 64;
        int rows = height == 1 ? 1 : 3;
        Padding padding = rows == 1 ? Padding.Along(1, 1) : Padding.All(1);
        Layout x = Layout.Of(Shape.Batch(channels, height, width), padding, false);
        Layout y = Layout.Of(Shape.Batch(channels, height, width), default, false);
        WeightLayout w = new(Shape.Of(channels, channels, rows, 3));
        ConvGeometry geometry = new(1, padding);
        ConvPlan weightPlan = ConvPlans.Forward(geometry, x, y, w);
        ConvPlan direct = weightPlan.Merged();
        WinogradPlan plan = ConvPlans.Winograd(geometry.Padding, x, y, w);
        int group = items > 0 ? items : 1;
        while (items == 0 && group < CpuPlan.ChunkItems && 2 * group * (x.ItemFloats + y.ItemFloats) <= 256 * 1024)
        {
            group *= 2;
        }

        using NativeBuffer xs = Filled((long)Batch * x.ItemFloats), ys = Filled((long)Batch * y.ItemFloats);
        using NativeBuffer ws = Filled(w.Floats), us = Filled(plan.WeightFloats), dw = Filled(w.Floats);
        using NativeBuffer scratch = Filled(plan.ScratchFloats + plan.WeightFloats);
        float* x0 = xs.Data + x.Interior;

        double[] best = [.. Enumerable.Repeat(double.MaxValue, 9)];
        for (int round = 0; round < rounds; round++)
        {
            Time(0, i => k.Conv2d(direct, x0, ws.Data, ys.Data), 1, true);
            Time(1, i => k.Winograd(plan, x0, us.Data, ys.Data, group, scratch.Data), group, true);
            Time(2, i => k.Conv2d(direct, x0 + ((long)i * x.ItemFloats), ws.Data, ys.Data + ((long)i * y.ItemFloats)), 1, false);
            Time(3, i => k.Winograd(plan, x0 + ((long)i * x.ItemFloats), us.Data, ys.Data + ((long)i * y.ItemFloats), group, scratch.Data), group, false);
            Time(4, i => k.Conv2dWeights(weightPlan, x0, ys.Data, dw.Data, 0, w.OutChannels / w.BlockChannels), 1, true);
            Time(5, i => k.WinogradWeightGradient(plan, x0, ys.Data, dw.Data, group, scratch.Data), group, true);
            Time(6, i => k.Conv2dWeights(
                weightPlan, x0 + ((long)i * x.ItemFloats), ys.Data + ((long)i * y.ItemFloats), dw.Data, 0, w.OutChannels / w.BlockChannels), 1, false);
            Time(7, i => k.WinogradWeightGradient(
                plan, x0 + ((long)i * x.ItemFloats), ys.Data + ((long)i * y.ItemFloats), dw.Data, group, scratch.Data), group, false);
            Time(8, i => k.WinogradWeights(plan, ws.Data, us.Data), Batch, true);
        }

        double peak = 2.0 * 3 * rows * channels * channels * height * width / 1e3;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{shape} group {group} tiles {plan.TileBlock}: warm {best[0]:f1} {best[1]:f1} {best[0] / best[1]:f2}  cold {best[2]:f1} {best[3]:f1} {best[2] / best[3]:f2}  | dw warm {best[4]:f1} {best[5]:f1} {best[4] / best[5]:f2}  cold {best[6]:f1} {best[7]:f1} {best[6] / best[7]:f2} | weights {best[8] * Batch:f1} | GF/s {peak / best[0]:f0} {peak / best[1]:f0} {peak / best[4]:f0} {peak / best[5]:f0}"));

        void Time(int slot, Action<int> kernel, int step, bool warm)
        {
            for (int i = 0; i < (warm ? step : 0); i += step)
            {
                kernel(0);
            }

            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batch; i += step)
            {
                kernel(i);
            }

            best[slot] = Math.Min(best[slot], 1e6 * Stopwatch.GetElapsedTime(start).TotalSeconds / Batch);
        }
    }

    private static NativeBuffer Filled(long floats)
    {
        NativeBuffer buffer = new(floats);
        CounterRandom random = new(1, 2);
        for (long i = 0; i < floats; i++)
        {
            buffer.Data[i] = (float)random.NextUniform(-1, 1);
        }

        return buffer;
    }
}
