using CsCheck;
using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>Rows are found by key whatever was added, taken out or taken back before, and a frozen view stays as it was.</summary>
public sealed class TableTests
{
    [Fact]
    public void Table_AnyHistory_HoldsWhatADictionaryHolds() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 399], Gen.Int).Array[1, 1_000].Sample(steps =>
        {
            var (table, expected) = (new Table<Key, int>(), new Dictionary<Key, int>());
            (FrozenTable<Key, int> View, (Key, int)[] Rows)? frozen = null;
            foreach (var (what, number, value) in steps)
            {
                var key = new Key(number);
                switch (what)
                {
                    case < 3:
                        table.Touch(key) = expected[key] = value;
                        break;
                    case < 5:
                        table.Remove(key);
                        expected.Remove(key);
                        break;
                    case 5:
                        table.Begin();
                        for (var more = 0; more <= (value & 127); more++)
                        {
                            table.Touch(new Key(number + (7 * more))) = value;
                        }

                        table.Rollback();
                        break;
                    default:
                        var view = table.Freeze();
                        frozen = (view, [.. Enumerable.Range(0, view.Count).Select(i => (view.KeyAt(i), view[i]))]);
                        break;
                }
            }

            Assert.Equal(expected.Count, table.Count);
            Assert.All(Enumerable.Range(0, 400), number => Assert.Equal(
                expected.TryGetValue(new Key(number), out var value) ? value : (int?)null, table.Find(new Key(number)) is >= 0 and var at ? table[at] : (int?)null));
            Assert.Equal(expected.Count, Enumerable.Range(0, table.Count).Select(i => table.KeyAt(i)).Distinct().Count());
            Assert.Equal(frozen?.Rows, frozen is var (view2, _) ? Enumerable.Range(0, view2.Count).Select(i => (view2.KeyAt(i), view2[i])).ToArray() : null);
        });

    /// <summary>
    /// The rows of a chain make the table grow, and those that were there before are put into other slots than in the order in which they came: a
    /// search for one of them may lead over the slot of one that is taken back.
    /// </summary>
    [Fact]
    public void Rollback_OfAChainThatMadeTheTableGrow_LosesNoRowOfBefore()
    {
        var table = new Table<Key, int>();
        for (var number = 1; number <= 31; number++)
        {
            table.Touch(new Key(number == 1 ? 8 : 7 * number)) = number;
        }

        table.Begin();
        table.Touch(new Key(16)) = -1;
        table.Touch(new Key(7_000)) = -1;
        table.Rollback();

        Assert.Equal(31, table.Count);
        Assert.All(Enumerable.Range(1, 31), number => Assert.Equal(number, table.Get(new Key(number == 1 ? 8 : 7 * number))));
    }

    /// <summary>Hash codes that crowd into few places, the last one of them too, so that searches run over each other and around the end.</summary>
    private readonly record struct Key(int Number)
    {
        public override int GetHashCode() => (Number % 8) switch
        {
            0 => -1,
            var crowd => (int)((uint)crowd << 28) + (Number % 7 == 0 ? Number : 0),
        };
    }
}
