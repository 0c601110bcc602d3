using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Money;
using Gaib.Verify.Governance;
using Gaib.Verify.Money;
using Gaib.Verify.Reading;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests;

/// <summary>Parts of an export made by hand, for what the demo does not do.</summary>
internal static class Some
{
    public const long Start = 1_000_000;
    public const ulong Chain = 7;

    public static Address Person(byte number) => new([.. Enumerable.Repeat((byte)0, 19), number]);

    public static AccountId Account(byte number) => AccountId.Person(Person(number));

    public static Hash32 Hash(string name) => Keccak.HashUtf8(name);

    /// <summary>An export of nothing but a network, whose blobs are in no folder.</summary>
    public static ExportData Data(params Address[] settlers)
    {
        var parameters = new Parameters().Fields.Select(field => KeyValuePair.Create(field.Name, field.Value.ToString()));
        var network = new NetworkFile(
            new LineAt("network.json", 1), Start, "some", Chain, Person(200), Start, Hash("genesis"), Hash("tip"), [], [], [.. settlers.Order()],
            (uint)settlers.Length, [new ParametersLine(0, [.. parameters])], new DomainLine("", "", 0, default, default),
            new DomainLine("", "", 0, default, default), []);
        return new ExportData
        {
            Network = network,
            Transfers = [],
            Accounts = [],
            Assets = [],
            Commands = [],
            Beacons = [],
            Jobs = [],
            Datasets = [],
            Chunks = [],
            Valuations = [],
            Gpus = [],
            Orders = [],
            Leases = [],
            Rates = [],
            Runs = [],
            Models = [],
            Prices = [],
            Shares = [],
            Sessions = [],
            Receipts = [],
            HostEpochs = [],
            Pools = [],
            Vouchers = [],
            Roots = [],
            Blobs = new Blobs("none", new Findings()),
            Device = RememberingDevice.Shared,
        };
    }

    /// <summary>A command's line; its digest stands for itself.</summary>
    public static CommandLine Command<T>(T message, ulong seq, long time)
        where T : TypedMessage, ICommand => new(
        new LineAt("commands.ndjson", 0), message.StructHash(), message.TypeName, message.TypeString, message.Account,
        [.. message.Fields.Select(field => KeyValuePair.Create(field.Name, field.Text))], message.Account, default, message.Nonce,
        message.Deadline, seq, time);

    /// <summary>A transfer's line; the writer is the one that its parties call for.</summary>
    public static TransferLine Transfer(
        ulong seq, AccountId debit, AccountId credit, UInt128 amount, Hash32 cause, long time = Start, AssetId asset = default,
        ulong writer = 16, TransferPhase phase = TransferPhase.Single, UInt128 of = default, long expiresAt = 0) => new(
        new LineAt("transfers.ndjson", (int)seq + 1), seq, Domain.Money.Transfer.IdOf(writer, seq), debit, credit, asset, amount, phase, of,
        expiresAt, false, cause, time);
}
