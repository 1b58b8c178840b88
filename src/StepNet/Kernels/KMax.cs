using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>The k largest values of every channel, in the order of the sequence. NaN is larger than any number; of equals the first wins.</summary>
    /// <param name="plan">Sizes.</param>
    /// <param name="x">Sequence, <c>[length, channels]</c>.</param>
    /// <param name="y">Written, <c>[k, channels]</c>.</param>
    /// <param name="scratch">Of the plan's size.</param>
    public abstract void KMax(KMaxPlan plan, float* x, float* y, float* scratch);

    /// <summary>Gradient of <see cref="KMax"/>: to the places of the chosen values, zero to all others.</summary>
    /// <param name="plan">Sizes.</param>
    /// <param name="dy">Gradient of the chosen, <c>[k, channels]</c>.</param>
    /// <param name="x">Sequence, <c>[length, channels]</c>.</param>
    /// <param name="dx">Written, <c>[length, channels]</c>.</param>
    /// <param name="scratch">Of the plan's size.</param>
    public abstract void KMaxBackward(KMaxPlan plan, float* dy, float* x, float* dx, float* scratch);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Channels are lanes, and each chooses places of its own, without a branch: first the k-th largest value of every lane, then
    // one walk along the sequence that takes what is above it and, while there is room, what equals it. Taken values go through
    // a queue of k vectors in which each lane moves on by itself. Both parts are k steps a place, of a load and a store each.
    [MethodImpl(Hot)]
    public override void KMax(KMaxPlan plan, float* x, float* y, float* scratch)
    {
        float* near = scratch, queue = near + (plan.Length * TSimd.Width), end = queue + (plan.K * TSimd.Width);
        for (int c = 0; c < plan.Channels; c += TSimd.Width)
        {
            KMaxLanes lanes = Lanes(plan, x + c, near, queue, end);
            for (int i = 0; i < plan.Length; i++)
            {
                TVec v = TSimd.Load(near + (i * TSimd.Width));
                MoveOn(lanes.Take(TSimd.OrderKey(v)), v, queue, plan.K);
            }

            for (int j = 0; j < plan.K; j++)
            {
                TSimd.Store(TSimd.Load(queue + (j * TSimd.Width)), y + (j * plan.Channels) + c);
            }
        }
    }

    [MethodImpl(Hot)]
    public override void KMaxBackward(KMaxPlan plan, float* dy, float* x, float* dx, float* scratch)
    {
        float* near = scratch, queue = near + (plan.Length * TSimd.Width), end = queue + (plan.K * TSimd.Width);
        for (int c = 0; c < plan.Channels; c += TSimd.Width)
        {
            KMaxLanes lanes = Lanes(plan, x + c, near, queue, end);
            for (int j = 0; j < plan.K; j++)
            {
                TSimd.Store(TSimd.Load(dy + (j * plan.Channels) + c), queue + (j * TSimd.Width));
            }

            for (int i = 0; i < plan.Length; i++)
            {
                TVec take = lanes.Take(TSimd.OrderKey(TSimd.Load(near + (i * TSimd.Width))));
                TSimd.Store(TSimd.And(take, TSimd.Load(queue)), dx + (i * plan.Channels) + c);
                MoveOn(take, TSimd.Zero, queue, plan.K);
            }
        }
    }

    // Brings the lanes' channels together, since places of a sequence lie a power of two apart and would drive each other out of
    // the cache, and finds the k-th largest. Each pass over the keys carries the largest along and moves the others down by one.
    [MethodImpl(Hot)]
    private static KMaxLanes Lanes(KMaxPlan plan, float* x, float* near, float* largest, float* keys)
    {
        for (int i = 0; i < plan.Length; i++)
        {
            TVec v = TSimd.Load(x + (i * plan.Channels));
            TSimd.Store(v, near + (i * TSimd.Width));
            TSimd.Store(TSimd.OrderKey(v), keys + (i * TSimd.Width));
        }

        for (int pass = 0; pass < plan.K; pass++)
        {
            TVec carried = TSimd.Load(keys);
            for (int i = 1; i < plan.Length - pass; i++)
            {
                TVec key = TSimd.Load(keys + (i * TSimd.Width));
                TSimd.Store(TSimd.KeyMin(carried, key), keys + ((i - 1) * TSimd.Width));
                carried = TSimd.KeyMax(carried, key);
            }

            TSimd.Store(carried, largest + (pass * TSimd.Width));
        }

        // The places that values above the least of them leave to those that equal it.
        TVec least = TSimd.Load(largest + ((plan.K - 1) * TSimd.Width)), room = TSimd.Zero, one = TSimd.Broadcast(1);
        for (int j = 0; j < plan.K; j++)
        {
            room = TSimd.Add(room, TSimd.And(TSimd.KeySame(TSimd.Load(largest + (j * TSimd.Width)), least), one));
        }

        return new KMaxLanes { Least = least, Room = room };
    }

    // In the lanes that take, the queue's values move up by one and the new one comes last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MoveOn(TVec take, TVec last, float* queue, int k)
    {
        TVec here = TSimd.Load(queue);
        for (int j = 1; j < k; j++, queue += TSimd.Width)
        {
            TVec next = TSimd.Load(queue + TSimd.Width);
            TSimd.Store(TSimd.Select(take, next, here), queue);
            here = next;
        }

        TSimd.Store(TSimd.Select(take, last, here), queue);
    }

    /// <summary>What each lane still takes: keys above the least, and as many that equal it as there is room for.</summary>
    private struct KMaxLanes
    {
        public TVec Least;
        public TVec Room;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Take(TVec key)
        {
            // A number's own bits are in order where it is not negative.
            TVec same = TSimd.And(TSimd.KeySame(key, Least), TSimd.KeyAbove(Room, TSimd.Zero));
            Room = TSimd.Subtract(Room, TSimd.And(same, TSimd.Broadcast(1)));
            return TSimd.Or(TSimd.KeyAbove(key, Least), same);
        }
    }
}
