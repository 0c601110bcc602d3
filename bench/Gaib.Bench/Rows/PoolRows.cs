using System.Diagnostics;
using Gaib.Bench.Money;
using Gaib.Bench.Report;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Bench.Rows;

/// <summary>Feeding a pool, and settling all of its members, in memory on one thread.</summary>
internal sealed class PoolRows : ILedgerRows
{
    private const string Pool = "bench pool";
    private const int Few = 10;
    private const int Many = 1_000_000;
    private const int Batch = 1_000;

    public string Name => "pool";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        LedgerWorld.Say("pools in memory");
        var (few, many) = (new FedBook(Few), new FedBook(Many));
        var seconds = world.Scale.Seconds / 2;

        var measured = await world.InTurnAsync(
            () => Task.FromResult(many.FeedNs(seconds)), () => Task.FromResult(few.FeedNs(seconds)), () => Task.FromResult(many.SettleMs()));
        few.Check();
        many.Check();
        return
        [
            new Row("pool of 1,000,000 members: a payment into it", "ns", measured[0], "ours, pool of 10 members", measured[1]),
            new Row("pool of 1,000,000 members: settle and pay every one", "ms", measured[2]),
        ];
    }

    /// <summary>A book with one pool, which somebody pays into.</summary>
    private sealed class FedBook
    {
        private readonly AccountId _pool = PoolOfMany.AccountOf(Pool);
        private readonly Book _book = new();
        private readonly BookRows _rows = new();
        private readonly Transfer[] _transfers = new Transfer[Batch];
        private readonly TransferAnswer[] _answers = new TransferAnswer[Batch];
        private readonly ulong _writer;
        private ulong _next;

        public FedBook(int members)
        {
            var issuer = _book.OpenWriter(Keccak.HashUtf8("issuer"), _rows);
            foreach (var request in PoolOfMany.Requests(Pool, issuer, members))
            {
                PoolOfMany.Require(_book.Apply(request, 1, _rows.Clear()));
            }

            var funder = _book.OpenWriter(Keccak.HashUtf8("funder"), _rows.Clear());
            PoolOfMany.Require(_book.Apply(
                new BookRequest
                {
                    Writer = funder,
                    Transfers = [new Transfer { Id = Transfer.IdOf(funder, 0), Debit = AccountId.Issuance, Credit = AccountId.Treasury, Amount = UInt128.One << 62 }],
                },
                1,
                _rows.Clear()));
            _writer = _book.OpenWriter(Keccak.HashUtf8("payer"), _rows.Clear());
        }

        /// <summary>Nanoseconds of one payment into the pool, a thousand a batch.</summary>
        public double FeedNs(double seconds)
        {
            var watch = Stopwatch.StartNew();
            var fed = 0L;
            for (; watch.Elapsed.TotalSeconds < seconds; fed += Batch)
            {
                for (var i = 0; i < Batch; i++)
                {
                    _transfers[i] = new Transfer
                    {
                        Id = Transfer.IdOf(_writer, _next + (ulong)i), Debit = AccountId.Treasury, Credit = _pool, Amount = 1_000_003,
                    };
                }

                if (_book.ApplyBatch(_writer, _next, _transfers, 1, _rows.Clear(), _answers) is { } refused)
                {
                    throw new InvalidOperationException($"The book refused: {refused}");
                }

                WriterSet.Require(_answers);
                _next += Batch;
            }

            return watch.Elapsed.TotalNanoseconds / fed;
        }

        /// <summary>Milliseconds in which every member is settled up to now and paid, page by page, with all rows for a journal.</summary>
        public double SettleMs()
        {
            var begun = Stopwatch.GetTimestamp();
            var from = 0;
            do
            {
                var reply = _book.Apply(
                    new BookRequest { Writer = _writer, Settle = new PoolSettle(_pool, from, PoolSettle.MembersMax) }, 1, _rows.Clear());
                PoolOfMany.Require(reply);
                from = reply.SettledTo;
            }
            while (from > 0);

            var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            var left = _book.BalanceOf(_pool, AssetId.Gaib).Posted;
            return left <= _book.MemberCountOf(_pool) ? took : throw new InvalidOperationException($"{left} were left in the pool.");
        }

        public void Check()
        {
            if (_book.Audit() is { } fault)
            {
                throw new InvalidOperationException(fault);
            }
        }
    }
}
