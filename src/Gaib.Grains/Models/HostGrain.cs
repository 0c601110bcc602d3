using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

/// <summary>
/// A host's inference fees by epoch. Closing an epoch commits its receipts first and learns the beacon after, so that nobody can
/// know beforehand which calls will be executed again.
/// </summary>
[GrainType("gaib.host")]
internal sealed class HostGrain(
    [PersistentState("host", "gaib")] IPersistentState<Kept<HostKept>> kept,
    BookSender books,
    Network network,
    IClock clock) : KeptGrain<HostKept>(kept), IHostGrain
{
    private Address Host => Address.Parse(this.GetPrimaryKeyString());

    private HostKept Epochs => State ?? HostKept.Empty;

    public async Task Serve(Hash32 session, ulong epoch)
    {
        var next = Epochs.Serve(session, epoch);
        if (next != Epochs)
        {
            await KeepAsync(next);
        }
    }

    public async Task<Outcome<HostEpochClosed>> CloseEpoch(ulong epoch)
    {
        if (Epochs.Closed.FirstOrDefault(c => c.Verdict.Commitment.Epoch == epoch) is { } closed)
        {
            await PayAsync(closed.Verdict);
            return closed;
        }

        if (network.EpochAt(clock.Now) <= epoch)
        {
            return new Rejection(Reason.WrongState, (Int128)epoch + 1, network.EpochAt(clock.Now), "epoch");
        }

        var read = await ReadCallsAsync(epoch);
        if (!read.Accepted)
        {
            return read.Rejection;
        }

        var calls = read.Value;
        var held = calls.Select(HeldOf).ToImmutableArray();
        var commitment = HostEpochCommitment.Of(Host, epoch, held);
        var beacons = GrainFactory.GetGrain<IBeaconGrain>(0);
        var drawing = await beacons.Close(await beacons.Commit(commitment.Hash()));
        var checks = await CheckAsync(calls.Where(call => ReceiptDraw.IsDrawn(drawing.Value, call.Receipt.Hash, OneIn)));
        var decided = HostEpochRule.Decide(
            commitment, held, drawing.Value, OneIn, checks.ToDictionary(check => check.Receipt, check => check.OutputHash));
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        await KeepAsync(Epochs with { Closed = Epochs.Closed.Add(new HostEpochClosed(drawing.Epoch, checks, decided.Value)) });
        await PayAsync(decided.Value);
        return Epochs.Closed[^1];
    }

    public Task<ImmutableArray<HostEpochClosed>> GetEpochs() => Task.FromResult(Epochs.Closed.ToImmutableArray());

    private uint OneIn => network.Parameters.ReceiptSampleOneIn;

    private static HeldReceipt HeldOf(ServedBy call) =>
        new(call.Receipt.Hash, call.Payer, call.Receipt.Fee, call.HostFee, call.Receipt.OutputHash);

    private async Task<Outcome<List<ServedBy>>> ReadCallsAsync(ulong epoch)
    {
        var calls = new List<ServedBy>();
        foreach (var id in Epochs.Sessions.GetValueOrDefault(epoch, []))
        {
            var grain = GrainFactory.Get<ISessionGrain>(id);
            var session = (await grain.Get())!;
            var model = (await GrainFactory.Get<IModelGrain>(session.Terms.Model).Get())!;
            var served = await grain.ReadEpoch(epoch);
            if (!served.Accepted)
            {
                return served.Rejection;
            }

            calls.AddRange(served.Value.Where(call => call.Receipt.Host == Host).Select(call => ServedBy.Of(call, session, model)));
        }

        return calls;
    }

    private async Task<ImmutableArray<ReceiptCheck>> CheckAsync(IEnumerable<ServedBy> drawn)
    {
        var checks = ImmutableArray.CreateBuilder<ReceiptCheck>();
        foreach (var call in drawn.OrderBy(call => call.Receipt.Hash))
        {
            if (await CheckAsync(call) is { } check)
            {
                checks.Add(check);
            }
        }

        return checks.DrainToImmutable();
    }

    /// <summary>
    /// Executes a call again, on one GPU of each other owner in turn, until two owners said the same, the host's own word included: one
    /// host that answers wrong would else make every other look wrong. Null while nobody can answer: the fees stay held.
    /// </summary>
    private async Task<ReceiptCheck?> CheckAsync(ServedBy call)
    {
        var answers = new List<ReceiptCheck>();
        var others = call.Model.Hosts.Where(host => host.Host != Host).DistinctBy(host => host.Host).Select(host => host.Gpu).ToList();
        foreach (var gpu in others.Count > 0 ? others : [call.Receipt.Gpu])
        {
            var answer = await GrainFactory.Get<IGpuGrain>(gpu)
                .Infer(new InferTask(call.Model.Shape, call.Receipt.Weights, call.Input));
            if (!answer.Accepted)
            {
                continue;
            }

            var check = new ReceiptCheck(call.Receipt.Hash, gpu, Keccak.Hash(answer.Value.AsSpan()));
            if (check.OutputHash == call.Receipt.OutputHash || answers.Any(other => other.OutputHash == check.OutputHash))
            {
                return check;
            }

            answers.Add(check);
        }

        return answers.FirstOrDefault();
    }

    private Task PayAsync(HostEpochVerdict verdict)
    {
        var from = HeldFees.Account(Host, verdict.Commitment.Epoch);
        var transfers = verdict.Payments.Select(payment => new Transfer
        {
            Debit = from,
            Credit = payment.Kind == HeldFeeKind.Forfeit ? AccountId.Treasury : AccountId.Person(payment.To),
            Amount = payment.Amount,
            Cause = verdict.Commitment.Hash(),
        });
        return books.TellAsync($"host:{Host}:{verdict.Commitment.Epoch}", 0, [.. transfers]);
    }
}
