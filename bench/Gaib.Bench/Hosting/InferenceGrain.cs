using System.Collections.Immutable;
using System.Diagnostics;
using Gaib.Abstractions.Money;
using Gaib.Bench.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Orleans.Concurrency;

namespace Gaib.Bench.Hosting;

/// <summary>What some paid calls cost.</summary>
/// <param name="Calls">Calls that were paid, all of them.</param>
/// <param name="PerSecond">Calls a second.</param>
/// <param name="CpuMicroseconds">Of the silo's process, a call.</param>
[GenerateSerializer, Immutable]
internal readonly record struct InferenceRun(
    [property: Id(0)] long Calls, [property: Id(1)] double PerSecond, [property: Id(2)] double CpuMicroseconds);

/// <summary>
/// Pays inference calls from inside the silo, as sessions do: each call is receipted, its fee is split, and three linked transfers and the
/// receipt's note go to the book in one request. No model runs.
/// </summary>
internal interface IInferenceGrain : IGrainWithIntegerKey
{
    /// <summary>Funds the sessions' accounts and makes the pool.</summary>
    /// <returns>How many transfers that took.</returns>
    Task<ulong> Open(int sessions);

    /// <summary>Lets the sessions pay side by side.</summary>
    /// <param name="calls">Calls in one request.</param>
    /// <param name="seconds">How long.</param>
    Task<InferenceRun> Run(int calls, double seconds);
}

/// <inheritdoc cref="IInferenceGrain"/>
[Reentrant]
internal sealed class InferenceGrain : Grain, IInferenceGrain
{
    private const int Members = 1_000;

    private readonly List<PayingSession> _sessions = [];

    private IBookGrain Book => GrainFactory.GetGrain<IBookGrain>(0);

    public async Task<ulong> Open(int sessions)
    {
        var made = 0UL;
        var name = $"bench inference {this.GetPrimaryKeyLong()}";
        foreach (var request in PoolOfMany.Requests(name, await Book.OpenWriter(Keccak.HashUtf8($"{name} issuer")), Members))
        {
            PoolOfMany.Require(await Book.Submit(request));
            made += (ulong)request.Transfers.Length;
        }

        for (var number = 0; number < sessions; number++)
        {
            var id = Keccak.HashUtf8($"{name} session {number}");
            var session = new PayingSession(id, Keccak.HashUtf8(name), await Book.OpenWriter(Keccak.HashUtf8($"session:{id}")));
            PoolOfMany.Require(await Book.Submit(session.Funding));
            _sessions.Add(session);
            made++;
        }

        return made;
    }

    public async Task<InferenceRun> Run(int calls, double seconds)
    {
        var (before, watch) = (ProbeGrain.Now(collect: false), Stopwatch.StartNew());
        var paid = await Task.WhenAll(_sessions.Select(async session =>
        {
            var made = 0L;
            for (; watch.Elapsed.TotalSeconds < seconds; made += calls)
            {
                PoolOfMany.Require(await Book.Submit(session.Next(calls)));
            }

            return made;
        }));
        var total = paid.Sum();
        var cpu = ProbeGrain.Now(collect: false).CpuMicroseconds - before.CpuMicroseconds;
        return new InferenceRun(total, total / watch.Elapsed.TotalSeconds, cpu / total);
    }

    /// <summary>One prepaid session: its receipts chain, its ids follow from its calls.</summary>
    private sealed class PayingSession(Hash32 id, Hash32 model, ulong writer)
    {
        private const uint ProtocolFeePpm = 20_000;
        private const ulong TransfersPerCall = 3;

        private readonly PriceRecord _price = PriceRecord.Of(model, 1_000_003, 500_000, 0);
        private readonly Address _host = Address.FromHash(Keccak.HashUtf8("bench host"));
        private readonly ImmutableArray<byte> _input = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        private readonly ImmutableArray<byte> _output = [7];
        private Hash32 _previous;
        private ulong _calls;
        private ulong _remainder;

        /// <summary>Fills the session's account.</summary>
        public BookRequest Funding => new()
        {
            Writer = writer,
            Transfers = [new Transfer { Id = Transfer.IdOf(writer, 0), Debit = AccountId.Issuance, Credit = AccountId.Of(AccountKind.Session, id), Amount = 1UL << 50 }],
        };

        /// <summary>The next so many calls in one request.</summary>
        public BookRequest Next(int calls)
        {
            var transfers = ImmutableArray.CreateBuilder<Transfer>(calls * (int)TransfersPerCall);
            var notes = ImmutableArray.CreateBuilder<Note>(calls);
            var first = 1 + (TransfersPerCall * _calls);
            for (var i = 0; i < calls; i++)
            {
                var split = FeeRule.Split(_price, 1, ProtocolFeePpm, _remainder);
                var receipt = new Receipt(
                    id, ++_calls, model, _price.Id, 1, split.Fee, Keccak.HashUtf8("bench gpu"), _host, model, Keccak.Hash(_input.AsSpan()),
                    Keccak.Hash(_output.AsSpan()), 1, _previous);
                (_previous, _remainder) = (receipt.Hash, split.Remainder);
                Add(transfers, first + (TransfersPerCall * (ulong)i), AccountId.Treasury, split.Protocol, isLast: false);
                Add(transfers, first + (TransfersPerCall * (ulong)i) + 1, HeldFees.Account(_host, 0), split.Host, isLast: false);
                Add(transfers, first + (TransfersPerCall * (ulong)i) + 2, AccountId.Of(AccountKind.Pool, model), split.Fed, isLast: true);
                notes.Add(new Note(id, new ServedNote(receipt, _input, _output).Encode()));
            }

            return new BookRequest { Writer = writer, AnsweredThrough = first, Transfers = transfers.MoveToImmutable(), Notes = notes.MoveToImmutable() };
        }

        private void Add(ImmutableArray<Transfer>.Builder transfers, ulong sequence, AccountId to, UInt128 amount, bool isLast) => transfers.Add(new Transfer
        {
            Id = Transfer.IdOf(writer, sequence),
            Debit = AccountId.Of(AccountKind.Session, id),
            Credit = to,
            Amount = amount,
            Cause = _previous,
            Flags = isLast ? TransferFlags.None : TransferFlags.Linked,
        });
    }
}
