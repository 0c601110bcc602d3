using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;

namespace Gaib.Silo.Export;

/// <summary>Models, prices, shares, sessions, receipts, hosts' epochs.</summary>
internal static class ModelsExport
{
    public static async Task WriteAsync(ExportSource source, string directory, ExportBlobs blobs)
    {
        using var models = new ExportFile(directory, "models");
        using var prices = new ExportFile(directory, "prices");
        using var shares = new ExportFile(directory, "shares");
        foreach (var id in source.IdsOf("PostJob", "model"))
        {
            if (await source.Grains.Get<IModelGrain>(id).Get() is { } view)
            {
                await blobs.CopyAsync(view.State.Record.WeightsHash);
                WriteModel(models, view.State.Record);
                foreach (var price in view.State.Prices)
                {
                    prices.Line(r => r.Of("price", price.Id).Of("model", price.Model).Big("unitPrice", price.UnitPrice)
                        .Big("hostUnitFee", price.HostUnitFee).Number("fromSequence", (long)price.FromSequence));
                }

                WriteShares(shares, id, view.State.Issue!);
            }
        }
    }

    public static async Task WriteSessionsAsync(ExportSource source, string directory)
    {
        using var sessions = new ExportFile(directory, "sessions");
        using var receipts = new ExportFile(directory, "receipts");
        var notes = source.Rows.Select(row => row.Row).OfType<NoteRow>().ToLookup(row => row.Note.Stream, row => row.Note.Bytes);
        foreach (var id in source.IdsOf("OpenSession", "session"))
        {
            if (await source.Grains.Get<ISessionGrain>(id).GetLedger() is not { } ledger)
            {
                continue;
            }

            var folded = notes[id].Select(bytes => SessionNote.Decode(bytes.AsSpan())).ToArray();
            WriteSession(sessions, ledger, folded.OfType<AcknowledgedNote>());
            var remainder = 0UL;
            foreach (var note in folded.OfType<ServedNote>())
            {
                var split = FeeRule.Split(ledger.Price, note.Receipt.Units, source.Network.Parameters.ProtocolFeePpm, remainder);
                remainder = split.Remainder;
                WriteReceipt(receipts, note, split);
            }
        }
    }

    public static async Task WriteHostEpochsAsync(ExportSource source, string directory)
    {
        using var file = new ExportFile(directory, "hostEpochs");
        foreach (var host in source.Commands.Where(row => row.Command.Type == "Ask").Select(row => row.Command.Account).Distinct().Order())
        {
            foreach (var epoch in await source.Grains.Get<IHostGrain>(host).GetEpochs())
            {
                var (commitment, verdict) = (epoch.Verdict.Commitment, epoch.Verdict);
                file.Line(r => r.Of("host", host).Number("epoch", (long)commitment.Epoch).Of("root", commitment.Root)
                    .Number("count", commitment.Count).Big("held", commitment.Held).Number("beaconEpoch", (long)epoch.BeaconEpoch)
                    .Texts("drawn", verdict.Drawn)
                    .List("checks", epoch.Checks, (c, check) => c.Of("receipt", check.Receipt).Of("gpu", check.Gpu).Of("outputHash", check.OutputHash))
                    .Texts("wrong", verdict.Wrong)
                    .List("payments", verdict.Payments, (p, payment) => p.Name("kind", payment.Kind)
                        .Of("to", payment.Kind == HeldFeeKind.Forfeit ? AccountId.Treasury : AccountId.Person(payment.To))
                        .Big("amount", payment.Amount).Of("receipt", payment.Receipt)));
            }
        }
    }

    private static void WriteModel(ExportFile file, ModelRecord record) => file.Line(r => r
        .Of("model", record.Id).Of("developer", record.Developer).Of("job", record.Job).Texts("runs", record.Runs)
        .Texts("datasets", record.Datasets)
        .List("parents", record.Parents, (p, parent) => p.Of("model", parent.Model).Number("sharePpm", parent.SharePpm))
        .Of("weights", record.WeightsHash).Of("settings", record.SettingsHash).Of("hash", record.Hash()));

    private static void WriteShares(ExportFile file, Hash32 model, SharesIssued issue)
    {
        foreach (var row in issue.People)
        {
            file.Line(r => r.Of("model", model).Of("account", row.Account).Name("class", row.Class).Big("units", row.Units));
        }

        foreach (var row in issue.Pools)
        {
            file.Line(r => r.Of("model", model).Of("account", AccountId.Of(AccountKind.Pool, row.Pool)).Name("class", row.Class)
                .Big("units", row.Units));
        }

        foreach (var stake in issue.Stakes)
        {
            file.Line(r => r.Of("model", model).Of("account", stake.Account).Text("class", "stake").Big("units", stake.Weight));
        }
    }

    private static void WriteSession(ExportFile file, SessionLedger ledger, IEnumerable<AcknowledgedNote> acks)
    {
        var (session, terms) = (ledger.Session, ledger.Session.Terms);
        file.Line(r => r.Of("session", terms.Id).Of("model", terms.Model).Of("payer", terms.Payer).Of("key", terms.Key).Big("cap", terms.Cap)
            .Big("window", terms.Window).Number("expiry", terms.Expiry).Of("price", ledger.Price.Id).Name("phase", session.Phase)
            .Big("fees", session.Fees).Number("feeRemainder", (long)ledger.FeeRemainder)
            .List("acks", acks, (a, ack) =>
            {
                Signature.TryRead(ack.Acknowledged.Signature.AsSpan(), out var signature);
                a.Big("cumulative", ack.Acknowledged.Cumulative).Of("headReceiptHash", ack.Acknowledged.Head).Of("signature", signature);
            }));
    }

    private static void WriteReceipt(ExportFile file, ServedNote note, FeeSplit split) => file.Line(r =>
    {
        var receipt = note.Receipt;
        r.Of("session", receipt.Session).Number("seq", (long)receipt.Seq).Of("model", receipt.Model).Of("price", receipt.Price)
            .Number("units", receipt.Units).Big("fee", receipt.Fee).Of("gpu", receipt.Gpu).Of("host", receipt.Host)
            .Of("weights", receipt.Weights).Of("inputHash", receipt.InputHash).Of("outputHash", receipt.OutputHash)
            .Number("at", receipt.At).Of("previous", receipt.Previous).Of("hash", receipt.Hash)
            .Big("protocol", split.Protocol).Big("hostFee", split.Host).Big("fed", split.Fed)
            .Bytes("input", note.Input.AsSpan()).Bytes("output", note.Output.AsSpan());
    });
}
