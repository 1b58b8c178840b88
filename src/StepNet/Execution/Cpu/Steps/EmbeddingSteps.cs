using StepNet.Graph;

namespace StepNet.Execution.Cpu;

/// <summary>Rows of a table, by token id.</summary>
/// <remarks>The table lies as every matrix does, a row's numbers <see cref="WeightLayout.BlockChannels"/> apart.</remarks>
internal sealed unsafe class EmbeddingStep(Node node, CpuValue ids, CpuValue table, CpuValue y) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        WeightLayout w = table.Weights;
        int dim = y.Layout.Channels, padded = y.Layout.PaddedChannels, step = w.BlockChannels;
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            float* id = ids.Rows(c, item).Data, pixel = y.Rows(c, item).Data;
            for (int l = 0; l < y.Layout.Width; l++, pixel += padded)
            {
                new Span<float>(pixel + dim, padded - dim).Clear();
                int row = (int)id[l];
                if ((uint)row >= (uint)w.Shape.Dims[0])
                {
                    // Ids that are fed were checked; of computed ones a wrong one must not read beside the table.
                    new Span<float>(pixel, dim).Fill(float.NaN);
                    continue;
                }

                float* from = table.Numbers(c) + w.RowOffset(row);
                for (int d = 0; d < dim; d++)
                {
                    pixel[d] = from[d * step];
                }
            }
        }
    }
}

/// <summary>
/// The gradient of the table over the whole batch, cut by rows: each part goes through all ids in their order and adds those of
/// its rows, so that the sum is the same for any number of threads and no part needs a table of its own.
/// </summary>
internal sealed unsafe class EmbeddingBackwardStep(Node node, CpuValue dy, CpuValue ids, CpuValue table) : CpuStep(node)
{
    // Every part reads all ids, so parts are few; a part is whole blocks of rows.
    private const int MostParts = 16;
    private readonly int _rowBlocks = table.Weights.OutChannels / table.Weights.BlockChannels;

    public override int Blocks => Math.Min(MostParts, _rowBlocks);

    public override void Run(CpuContext c)
    {
        for (int block = 0; block < Blocks; block++)
        {
            RunBlock(c, block);
        }
    }

    public override void RunBlock(CpuContext c, int block)
    {
        WeightLayout w = table.Weights;
        int first = (int)((long)_rowBlocks * block / Blocks), end = (int)((long)_rowBlocks * (block + 1) / Blocks);
        (int from, int to) = (first * w.BlockChannels, Math.Min(end * w.BlockChannels, w.Shape.Dims[0]));
        new Span<float>(table.Numbers(c) + ((nint)first * w.BlockStride), (end - first) * w.BlockStride).Clear();
        for (int item = 0; item < c.N; item++)
        {
            float* id = ids.Rows(c, item).Data, pixel = dy.Rows(c, item).Data;
            for (int l = 0; l < dy.Layout.Width; l++, pixel += dy.Layout.PaddedChannels)
            {
                int row = (int)id[l];
                if (row >= from && row < to)
                {
                    float* into = table.Numbers(c) + w.RowOffset(row);
                    for (int d = 0; d < dy.Layout.Channels; d++)
                    {
                        into[d * w.BlockChannels] += pixel[d];
                    }
                }
            }
        }
    }
}
