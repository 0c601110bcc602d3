using System.Diagnostics;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Bench.Hosting;

/// <summary>How a grain tells the book what it has decided.</summary>
internal enum TellingWay
{
    /// <summary>By itself: it opens its writer, then submits; two calls.</summary>
    OpenAndSubmit = 0,

    /// <summary>By itself, with a number that it has kept.</summary>
    Submit = 1,

    /// <summary>Through the sender of its silo.</summary>
    Sender = 2,
}

/// <summary>What some telling cost.</summary>
/// <param name="Tells">Transfers that were told, one a request.</param>
/// <param name="PerSecond">Of them, a second.</param>
/// <param name="CpuMicroseconds">Of the silo's process, a transfer.</param>
[GenerateSerializer, Immutable]
internal readonly record struct TellingRun(
    [property: Id(0)] long Tells, [property: Id(1)] double PerSecond, [property: Id(2)] double CpuMicroseconds);

/// <summary>Lets many grains tell the book at once.</summary>
internal interface ITellersGrain : IGrainWithIntegerKey
{
    /// <summary>Runs some tellers side by side.</summary>
    /// <param name="way">How they tell.</param>
    /// <param name="tellers">How many.</param>
    /// <param name="seconds">How long.</param>
    Task<TellingRun> Run(TellingWay way, int tellers, double seconds);
}

/// <summary>One of them: it tells one transfer after the other, as a lease does with its rounds.</summary>
internal interface ITellerGrain : IGrainWithIntegerKey
{
    /// <summary>Tells until the time is over.</summary>
    /// <returns>How many transfers it told.</returns>
    Task<long> Run(TellingWay way, double seconds);
}

/// <inheritdoc cref="ITellersGrain"/>
internal sealed class TellersGrain : Grain, ITellersGrain
{
    public async Task<TellingRun> Run(TellingWay way, int tellers, double seconds)
    {
        var (before, watch) = (ProbeGrain.Now(collect: false), Stopwatch.StartNew());
        var told = await Task.WhenAll(Enumerable.Range(0, tellers).Select(teller => GrainFactory.GetGrain<ITellerGrain>(teller).Run(way, seconds)));
        var total = told.Sum();
        var cpu = ProbeGrain.Now(collect: false).CpuMicroseconds - before.CpuMicroseconds;
        return new TellingRun(total, total / watch.Elapsed.TotalSeconds, cpu / total);
    }
}

/// <inheritdoc cref="ITellerGrain"/>
internal sealed class TellerGrain(BookSender books) : Grain, ITellerGrain
{
    private Hash32 _name;
    private ulong _told;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _name = Keccak.HashUtf8($"bench teller {this.GetPrimaryKeyLong()}");
        return Task.CompletedTask;
    }

    public async Task<long> Run(TellingWay way, double seconds)
    {
        var (book, before, watch) = (GrainFactory.GetGrain<IBookGrain>(0), _told, Stopwatch.StartNew());
        var kept = way == TellingWay.Submit ? await book.OpenWriter(_name) : 0;
        for (; watch.Elapsed.TotalSeconds < seconds; _told++)
        {
            var number = way == TellingWay.OpenAndSubmit ? await book.OpenWriter(_name) : kept;
            var reply = way == TellingWay.Sender
                ? await books.SubmitAsync(0, Next(0) with { WriterName = _name })
                : await book.Submit(Next(number) with { Writer = number });
            if (reply.Rejection is { } rejection)
            {
                throw new InvalidOperationException($"The book refused: {rejection}");
            }
        }

        return (long)(_told - before);
    }

    private BookRequest Next(ulong writer) => new()
    {
        AnsweredThrough = _told,
        Transfers =
        [
            new Transfer
            {
                Id = Transfer.IdOf(writer, _told),
                Debit = AccountId.Issuance,
                Credit = AccountId.Of(AccountKind.Lease, _name),
                Amount = 1,
                Cause = _name,
            },
        ],
    };
}
