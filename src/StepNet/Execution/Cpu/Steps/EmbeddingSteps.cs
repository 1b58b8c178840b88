using StepNet.Graph;
using StepNet.Kernels;

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
    private readonly WeightLayout _w = table.Weights;
    private readonly int _rowBlocks = table.Weights.OutChannels / table.Weights.BlockChannels;

    public override int Blocks => Math.Min(MostParts, _rowBlocks);

    /// <summary>The sums of a part, row by row: in the table a row's numbers lie apart.</summary>
    public override int TemporaryFloats => (_rowBlocks + Blocks - 1) / Blocks * _w.BlockChannels * dy.Layout.PaddedChannels;

    public override void Run(CpuContext c)
    {
        for (int block = 0; block < Blocks; block++)
        {
            RunBlock(c, block);
        }
    }

    public override void RunBlock(CpuContext c, int block)
    {
        int first = FirstRow(block), end = FirstRow(block + 1), padded = dy.Layout.PaddedChannels;
        // A wrong id may be that of a row of padding: those stay zero.
        int known = Math.Min(end, _w.Shape.Dims[0]);
        float* sums = Temporary(c);
        new Span<float>(sums, (end - first) * padded).Clear();
        for (int item = 0; item < c.N; item++)
        {
            c.Kernels.AddToRows(ids.Rows(c, item).Data, dy.Layout.Width, dy.Rows(c, item).Data, padded, sums, first, known);
        }

        for (int row = first; row < end; row += _w.BlockChannels)
        {
            Transpose.Copy(
                sums + ((nint)(row - first) * padded), padded, table.Numbers(c) + _w.RowOffset(row), _w.BlockChannels,
                _w.BlockChannels, dy.Layout.Channels);
        }
    }

    private int FirstRow(int block) => (int)((long)_rowBlocks * block / Blocks) * _w.BlockChannels;
}
