using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>Weights to points: <c>U = G w G'</c>, from <c>[O / B, taps, C, B]</c> to the plan's <c>[points, O / B, C, B]</c>.</summary>
    /// <param name="plan">Geometry.</param>
    /// <param name="w">Weights.</param>
    /// <param name="u">Transformed weights; all of them are written.</param>
    public abstract void WinogradWeights(WinogradPlan plan, float* w, float* u);

    /// <summary>Convolution of several items: <c>Y = A' (U (.) B' X B) A</c>, tile by tile.</summary>
    /// <param name="plan">Geometry.</param>
    /// <param name="x">Base of the first image; the zero halo lies around it.</param>
    /// <param name="u">Transformed weights.</param>
    /// <param name="y">Base of the first output; every pixel of the plan is written.</param>
    /// <param name="items">Items.</param>
    /// <param name="scratch"><see cref="WinogradPlan.ScratchFloats"/>.</param>
    public void Winograd(WinogradPlan plan, float* x, float* u, float* y, int items, float* scratch) =>
        Winograd(plan, x, u, y, 0, items * plan.ItemTiles, scratch, default);

    /// <summary>The same for some of the tiles of all items, and finished: <c>act(Y + bias + scale shortcut)</c>.</summary>
    /// <param name="plan">Geometry.</param>
    /// <param name="x">Base of the first image; the zero halo lies around it.</param>
    /// <param name="u">Transformed weights.</param>
    /// <param name="y">Base of the first output.</param>
    /// <param name="first">First tile; tiles count on from item to item.</param>
    /// <param name="tiles">Number of tiles.</param>
    /// <param name="scratch"><see cref="WinogradPlan.ScratchFloats"/>.</param>
    /// <param name="finish">What is done to the outputs.</param>
    public abstract void Winograd(
        WinogradPlan plan, float* x, float* u, float* y, int first, int tiles, float* scratch, in ConvFinish finish);

    /// <summary>Adds to the gradient of the weights, by the adjoint: <c>dw += G' (sum over tiles of (B' X B) (A dY A')) G</c>.</summary>
    /// <param name="plan">Geometry of the forward convolution; its output steps are those of <paramref name="dy"/>.</param>
    /// <param name="x">Base of the first image; the zero halo lies around it.</param>
    /// <param name="dy">Base of the first gradient of the output.</param>
    /// <param name="dw">Gradient, in the layout of the weights.</param>
    /// <param name="items">Items.</param>
    /// <param name="scratch"><see cref="WinogradPlan.ScratchFloats"/>.</param>
    public abstract void WinogradWeightGradient(WinogradPlan plan, float* x, float* dy, float* dw, int items, float* scratch);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    public override void WinogradWeights(WinogradPlan plan, float* w, float* u)
    {
        if (plan.IsRow)
        {
            WinogradWeights<RowTile>(plan, w, u);
        }
        else
        {
            WinogradWeights<SquareTile>(plan, w, u);
        }
    }

    public override void Winograd(
        WinogradPlan plan, float* x, float* u, float* y, int first, int tiles, float* scratch, in ConvFinish finish)
    {
        if (plan.IsRow)
        {
            Winograd<RowTile>(plan, x, u, y, first, tiles, scratch, finish);
        }
        else
        {
            Winograd<SquareTile>(plan, x, u, y, first, tiles, scratch, finish);
        }
    }

    public override void WinogradWeightGradient(WinogradPlan plan, float* x, float* dy, float* dw, int items, float* scratch)
    {
        if (plan.IsRow)
        {
            WinogradWeightGradient<RowTile>(plan, x, dy, dw, items, scratch);
        }
        else
        {
            WinogradWeightGradient<SquareTile>(plan, x, dy, dw, items, scratch);
        }
    }

    [MethodImpl(Hot)]
    private static void WinogradWeights<TTile>(WinogradPlan plan, float* w, float* u)
        where TTile : struct, ITile
    {
        float* half = stackalloc float[plan.Points * TSimd.Width];
        int lanes = plan.BlockChannels, tap = plan.InChannels * lanes;
        for (int block = 0; block < plan.OutChannels / lanes; block++)
        {
            for (int i = 0; i < tap; i += TSimd.Width)
            {
                TTile.Weights(w + (block * plan.Taps * tap) + i, tap, u + (block * tap) + i, plan.WeightPointStep, half);
            }
        }
    }

    [MethodImpl(Hot)]
    private void Winograd<TTile>(
        WinogradPlan plan, float* x, float* u, float* y, int first, int tiles, float* scratch, in ConvFinish finish)
        where TTile : struct, ITile
    {
        float* v = scratch, m = v + (plan.Points * plan.InputPointStep), patch = m + (plan.Points * plan.OutputPointStep);
        int block = plan.TileBlock;
        for (int end = first + tiles; first < end; first += block)
        {
            int count = Math.Min(block, end - first);
            TransformInputs<TTile>(plan, x, first, count, v, plan.InputPixelStep, patch);
            for (int p = 0; p < plan.Points; p++)
            {
                Conv2d(
                    plan.Product, v + (p * plan.InputPointStep), u + (p * plan.WeightPointStep), m + (p * plan.OutputPointStep), count, 0, 0);
            }

            if (finish.Bias == null)
            {
                TransformOutputs<TTile>(plan, m, first, count, y, patch);
            }
            else
            {
                FinishOutputs<TTile>(plan, m, first, count, y, patch, finish);
            }
        }
    }

    // The gradient at the points is made and turned into the gradient of weights block by block of both channels, so that it
    // stays in the first two caches however wide the weights are.
    [MethodImpl(Hot)]
    private static void WinogradWeightGradient<TTile>(WinogradPlan plan, float* x, float* dy, float* dw, int items, float* scratch)
        where TTile : struct, ITile
    {
        float* v = scratch, m = v + (plan.Points * plan.InputPointStep), rest = m + (plan.Points * plan.OutputPointStep);
        int tiles = items * plan.ItemTiles, block = plan.TileBlock, lanes = plan.BlockChannels;
        for (int first = 0; first < tiles; first += block)
        {
            int count = Math.Min(block, tiles - first);
            TransformInputs<TTile>(plan, x, first, count, v, plan.GradientPanel, rest);
            TransformOutputGradients<TTile>(plan, dy, first, count, m, rest);
            for (int o = 0; o < plan.OutChannels; o += lanes)
            {
                for (int i = 0; i < plan.InChannels; i += plan.GradientChannels)
                {
                    int inPanel = i % plan.GradientPanel;
                    GradientProducts(plan, v + ((i - inPanel) * block) + inPanel, m + (o * block), count, rest);
                    int floats = Math.Min(plan.GradientChannels, plan.InChannels - i) * lanes;
                    AddWeightGradient<TTile>(
                        plan, rest, dw + (o * plan.Taps * plan.InChannels) + (i * lanes), plan.InChannels * lanes, floats);
                }
            }
        }
    }

    [MethodImpl(Hot)]
    private static void GradientProducts(WinogradPlan plan, float* v, float* m, int tiles, float* du)
    {
        ConvPlan product = plan.GradientProduct;
        int lanes = Math.Min(2 * TSimd.Width, plan.BlockChannels);
        int inputPoint = plan.InputPointStep, outputPoint = plan.OutputPointStep, point = plan.GradientPointStep;
        for (int p = 0; p < plan.Points; p++, v += inputPoint, m += outputPoint, du += point)
        {
            for (int o = 0; o < plan.BlockChannels; o += lanes)
            {
                TapWeights(product, lanes, v, m + o, du + o, 1, tiles, fresh: true);
            }
        }
    }

    [MethodImpl(Hot)]
    private static void AddWeightGradient<TTile>(WinogradPlan plan, float* du, float* dw, int tap, int floats)
        where TTile : struct, ITile
    {
        float* half = stackalloc float[plan.Points * TSimd.Width];
        float* sums = stackalloc float[plan.Taps * TSimd.Width];
        for (int i = 0; i < floats; i += TSimd.Width)
        {
            TTile.WeightGradient(du + i, plan.GradientPointStep, sums, half);
            float* into = dw + i;
            for (int t = 0; t < plan.Taps; t++, into += tap)
            {
                TSimd.Store(TSimd.Add(TSimd.Load(into), TSimd.Load(sums + (t * TSimd.Width))), into);
            }
        }
    }

    [MethodImpl(Hot)]
    private static void TransformInputs<TTile>(WinogradPlan plan, float* x, int first, int count, float* v, int panel, float* patch)
        where TTile : struct, ITile
    {
        const int Size = WinogradPlan.TileInputs;
        int channels = plan.InputPixelStep, point = plan.InputPointStep, panelStep = plan.TileBlock * panel;
        TileCursor tiles = new(plan, first);
        for (int t = 0; t < count; t++, tiles.MoveNext(), v += panel)
        {
            float* tile = tiles.In(x + plan.InputOffset, plan.InputItemStep, plan.InputRowStep, channels);
            int row = plan.InputRowStep;
            if (!tiles.IsWhole)
            {
                // Two inputs more than outputs: what lies behind them is not ours to read.
                FillPatch(tile, row, tiles.Rows + plan.InputRows - plan.OutputRows, tiles.Columns + 2, channels, channels, patch, plan.InputRows, Size);
                tile = patch;
                row = Size * channels;
            }

            float* into = v;
            for (int c = 0; c < channels; c += panel, into += panelStep)
            {
                for (int i = 0; i < Math.Min(panel, channels - c); i += TSimd.Width)
                {
                    TTile.Input(tile + c + i, row, channels, into + i, point);
                }
            }
        }
    }

    [MethodImpl(Hot)]
    private static void TransformOutputGradients<TTile>(WinogradPlan plan, float* dy, int first, int count, float* m, float* patch)
        where TTile : struct, ITile
    {
        const int Size = WinogradPlan.TileOutputs;
        int channels = plan.OutChannels, pixel = plan.OutputPixelStep;
        int point = plan.OutputPointStep, panel = plan.BlockChannels, panelStep = plan.TileBlock * panel;
        TileCursor tiles = new(plan, first);
        for (int t = 0; t < count; t++, tiles.MoveNext(), m += panel)
        {
            float* tile = tiles.In(dy, plan.OutputItemStep, plan.OutputRowStep, pixel);
            int row = plan.OutputRowStep;
            if (!tiles.IsWhole)
            {
                FillPatch(tile, row, tiles.Rows, tiles.Columns, pixel, channels, patch, plan.OutputRows, Size);
                tile = patch;
                row = Size * pixel;
            }

            float* into = m;
            for (int c = 0; c < channels; c += panel, into += panelStep)
            {
                for (int i = 0; i < panel; i += TSimd.Width)
                {
                    TTile.OutputGradient(tile + c + i, row, pixel, into + i, point);
                }
            }
        }
    }

    [MethodImpl(Hot)]
    private static void TransformOutputs<TTile>(WinogradPlan plan, float* m, int first, int count, float* y, float* patch)
        where TTile : struct, ITile
    {
        const int Size = WinogradPlan.TileOutputs;
        int channels = plan.OutChannels, pixel = plan.OutputPixelStep, point = plan.OutputPointStep;
        TileCursor tiles = new(plan, first);
        for (int t = 0; t < count; t++, tiles.MoveNext(), m += channels)
        {
            float* tile = tiles.In(y, plan.OutputItemStep, plan.OutputRowStep, pixel);
            float* into = tiles.IsWhole ? tile : patch;
            int row = tiles.IsWhole ? plan.OutputRowStep : Size * pixel;
            for (int c = 0; c < channels; c += TSimd.Width)
            {
                TTile.Output(m + c, point, into + c, row, pixel, default(NoFinish), null, 0);
            }

            for (int i = 0; !tiles.IsWhole && i < tiles.Rows; i++)
            {
                for (int j = 0; j < tiles.Columns; j++)
                {
                    new ReadOnlySpan<float>(patch + (i * row) + (j * pixel), channels)
                        .CopyTo(new Span<float>(tile + (i * plan.OutputRowStep) + (j * pixel), channels));
                }
            }
        }
    }

    [MethodImpl(Hot)]
    private static void FinishOutputs<TTile>(
        WinogradPlan plan, float* m, int first, int count, float* y, float* patch, in ConvFinish finish)
        where TTile : struct, ITile
    {
        const int Size = WinogradPlan.TileOutputs;
        int channels = plan.OutChannels, pixel = plan.OutputPixelStep, point = plan.OutputPointStep, shortcutRow = finish.ShortcutRowStep;
        TileCursor tiles = new(plan, first);
        for (int t = 0; t < count; t++, tiles.MoveNext(), m += channels)
        {
            float* tile = tiles.In(y, plan.OutputItemStep, plan.OutputRowStep, pixel);
            float* shortcut = finish.Shortcut == null ? null
                : tiles.In(finish.Shortcut, finish.ShortcutItemStep, shortcutRow, pixel);
            for (int c = 0; c < channels; c += TSimd.Width)
            {
                Finish last = new(finish, c);
                if (tiles.IsWhole)
                {
                    TTile.Output(m + c, point, tile + c, plan.OutputRowStep, pixel, last, shortcut + c, shortcutRow);
                    continue;
                }

                // The shortcut behind the map is not ours to read.
                TTile.Output(m + c, point, patch + c, Size * pixel, pixel, default(NoFinish), null, 0);
                for (int i = 0; i < tiles.Rows; i++)
                {
                    for (int j = 0; j < tiles.Columns; j++)
                    {
                        TVec value = TSimd.Load(patch + c + (((i * Size) + j) * pixel));
                        TSimd.Store(
                            last.Apply(value, shortcut + c + (i * shortcutRow) + (j * pixel)),
                            tile + c + (i * plan.OutputRowStep) + (j * pixel));
                    }
                }
            }
        }
    }

    /// <summary>A tile's part of the image, zeros behind it. Of the last pixel only these channels are ours to read.</summary>
    private static void FillPatch(
        float* tile, int rowStep, int rows, int columns, int pixel, int channels, float* patch, int patchRows, int patchColumns)
    {
        new Span<float>(patch, patchRows * patchColumns * pixel).Clear();
        for (int i = 0; i < Math.Min(rows, patchRows); i++)
        {
            int floats = ((Math.Min(columns, patchColumns) - 1) * pixel) + channels;
            new ReadOnlySpan<float>(tile + (i * rowStep), floats).CopyTo(new Span<float>(patch + (i * patchColumns * pixel), floats));
        }
    }

    /// <summary>The tiles of all items, row by row and item by item.</summary>
    private struct TileCursor
    {
        private readonly WinogradPlan _plan;
        private int _item;
        private int _row;
        private int _column;

        public TileCursor(WinogradPlan plan, int tile)
        {
            _plan = plan;
            (_item, int inItem) = Math.DivRem(tile, plan.ItemTiles);
            (_row, _column) = Math.DivRem(inItem, plan.TileColumns);
            (_row, _column) = (plan.OutputRows * _row, WinogradPlan.TileOutputs * _column);
        }

        /// <summary>Output rows of the tile.</summary>
        public readonly int Rows => Math.Min(_plan.OutputRows, _plan.Rows - _row);

        /// <summary>Output columns of the tile.</summary>
        public readonly int Columns => Math.Min(WinogradPlan.TileOutputs, _plan.Columns - _column);

        public readonly bool IsWhole =>
            _row + _plan.OutputRows <= _plan.Rows && _column + WinogradPlan.TileOutputs <= _plan.Columns;

        public readonly float* In(float* images, int itemStep, int rowStep, int pixelStep) =>
            images + ((nint)_item * itemStep) + (_row * rowStep) + (_column * pixelStep);

        public void MoveNext()
        {
            _column += WinogradPlan.TileOutputs;
            if (_column >= _plan.Columns)
            {
                (_row, _column) = (_row + _plan.OutputRows, 0);
                if (_row >= _plan.Rows)
                {
                    (_item, _row) = (_item + 1, 0);
                }
            }
        }
    }
}
