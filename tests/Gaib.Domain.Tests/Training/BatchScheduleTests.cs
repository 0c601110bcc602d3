using CsCheck;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>Which samples a worker draws.</summary>
public sealed class BatchScheduleTests
{
    private static readonly Hash32 Run = Keccak.HashUtf8("run");

    [Fact]
    public void Draw_AllSlotsOfARound_UseEverySampleEquallyOften()
    {
        var endedInsideAnEpoch = 0;
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 8], Gen.Int[1, 8], Gen.Int[1, 6], Gen.Int[0, 3]).Sample((samples, batch, steps, slots, round) =>
        {
            var uses = new int[samples];
            for (var slot = 0; slot < slots; slot++)
            {
                foreach (var index in BatchSchedule.Draw(Run, round, slot, samples, batch, steps))
                {
                    uses[index]++;
                }
            }

            Interlocked.Add(ref endedInsideAnEpoch, batch * steps * slots % samples == 0 ? 0 : 1);
            Assert.InRange(uses.Max() - uses.Min(), 0, 1);
            Assert.Equal(batch * steps * slots, uses.Sum());
        });
        Assert.True(endedInsideAnEpoch > 0);
    }

    [Fact]
    public void Draw_OneEpoch_IsAPermutation()
    {
        var order = BatchSchedule.Draw(Run, 0, 0, 100, 10, 10);
        Assert.Equal(Enumerable.Range(0, 100), order.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public void Draw_OtherRunRoundOrEpoch_GivesAnotherOrder()
    {
        var order = BatchSchedule.Draw(Run, 0, 0, 50, 50, 1);
        Assert.NotEqual(order, BatchSchedule.Draw(Keccak.HashUtf8("other"), 0, 0, 50, 50, 1));
        Assert.NotEqual(order, BatchSchedule.Draw(Run, 1, 0, 50, 50, 1));
        Assert.NotEqual(order, BatchSchedule.Draw(Run, 0, 1, 50, 50, 1));
    }

    // Printed by tests/Gaib.Cuda.Tests/vectors/training.py, a separate program that follows the documented rule.
    [Fact]
    public void Draw_KnownInputs_GivesPinnedIndices()
    {
        Assert.Equal([3, 1, 2, 6, 0, 4, 5, 4, 5, 1], BatchSchedule.Draw(Hash32.Zero, 1, 0, 7, 5, 2));
        Assert.Equal([0, 6, 2, 3, 3, 5, 1, 0, 2, 6], BatchSchedule.Draw(Hash32.Zero, 1, 1, 7, 5, 2));
    }
}
