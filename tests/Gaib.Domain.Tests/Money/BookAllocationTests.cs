using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>The hot path, measured: a book in a steady state asks the garbage collector for nothing.</summary>
public sealed class BookAllocationTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(10, false)]
    [InlineData(1_000, false)]
    [InlineData(1, true)]
    [InlineData(10, true)]
    [InlineData(1_000, true)]
    public void Batch_SteadyState_AllocatesNothing(int batch, bool isPlain)
    {
        var (book, rows) = (new Book(), new BookRows());
        var genesis = book.OpenWriter(Keccak.HashUtf8("genesis"), rows);
        var writer = book.OpenWriter(Keccak.HashUtf8("hot"), rows);
        var people = Enumerable.Range(0, 64).Select(i => AccountId.Person(Address.FromHash(Keccak.HashUtf8($"{i}")))).ToArray();
        var issue = people.Select((person, i) => new Transfer
        {
            Id = Transfer.IdOf(genesis, (ulong)i), Debit = AccountId.Issuance, Credit = person, Amount = 1_000_000_000,
        });
        Assert.True(book.Apply(new BookRequest { Writer = genesis, Transfers = [.. issue] }, 1, rows).Applied);
        var (transfers, answers, next) = (new Transfer[batch], new TransferAnswer[batch], 0UL);
        var plain = new PlainTransfer[batch];

        void Round()
        {
            for (var i = 0; i < batch; i++)
            {
                transfers[i] = new Transfer
                {
                    Id = Transfer.IdOf(writer, next + (ulong)i), Debit = people[i % 64], Credit = people[(i + 1) % 64], Amount = 1,
                };
                PlainTransfer.TryWrite(transfers[i], out plain[i]);
            }

            _ = isPlain
                ? book.ApplyPlainBatch(writer, next, next, plain, 2, rows.Clear(), answers, out _)
                : book.ApplyBatch(writer, next, transfers, 2, rows.Clear(), answers);
            next += (ulong)batch;
        }

        // The writer's memory and the rows' buffer first grow to what they need.
        for (var i = 0; i < (20_000 / batch) + 1; i++)
        {
            Round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Round();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(isPlain ? [] : answers, answer => Assert.Equal(new TransferAnswer(Reason.None, 1), answer));
        Assert.Equal(next + 64, book.Sequence);

        // 56 bytes a transfer in the journal, and beside them the run's head (28) and the floor that rises (28).
        Assert.Equal((batch * 56) + 28 + 28, rows.Written.Length);
    }
}
