using System.Collections.Immutable;
using System.Globalization;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;

namespace Gaib.Verify.Money;

/// <summary>Builds what a person signed from the payload of a line.</summary>
internal static class Messages
{
    private static readonly Dictionary<string, Func<Payload, TypedMessage>> Types = new()
    {
        ["Pay"] = p => new Pay(p.Person("account"), p.Person("to"), p.UInt64("asset"), p.Amount("amount"), p.Nonce, p.Deadline),
        ["Stake"] = p => new Stake(p.Person("account"), p.Amount("amount"), p.Nonce, p.Deadline),
        ["Unstake"] = p => new Unstake(p.Person("account"), p.Amount("amount"), p.Nonce, p.Deadline),
        ["PostJob"] = p => new PostJob(p.Person("account"), p.Hash("terms"), p.Amount("budget"), p.Nonce, p.Deadline),
        ["Manifest"] = p => new Manifest(
            p.Person("contributor"), p.Hash("job"), p.Hash("root"), p.UInt64("chunks"), p.UInt64("bytes"), p.Text("licence"),
            p.Int64("validUntil"), p.Nonce, p.Deadline),
        ["DataRightWithdrawal"] = p => new DataRightWithdrawal(p.Person("contributor"), p.Hash("dataset"), p.Nonce, p.Deadline),
        ["Ask"] = p => new Ask(p.Person("host"), p.Hash("gpu"), p.Text("class"), p.Amount("floor"), p.Nonce, p.Deadline),
        ["WithdrawAsk"] = p => new WithdrawAsk(p.Person("host"), p.Hash("gpu"), p.Nonce, p.Deadline),
        ["Order"] = p => new Order(
            p.Person("renter"), p.Hash("job"), p.Text("class"), p.UInt64("count"), p.Amount("ceiling"), p.Amount("cap"), p.Nonce,
            p.Deadline),
        ["SetPrice"] = p => new SetPrice(
            p.Person("account"), p.Hash("model"), p.Amount("unitPrice"), p.Amount("hostUnitFee"), p.Nonce, p.Deadline),
        ["OpenSession"] = p => new OpenSession(
            p.Person("account"), p.Hash("model"), p.Person("key"), p.Amount("cap"), p.Amount("window"), p.Int64("expiry"), p.Nonce,
            p.Deadline),
        ["CloseSession"] = p => new CloseSession(p.Person("account"), p.Hash("session"), p.Nonce, p.Deadline),
        ["Withdraw"] = p => new Withdraw(p.Person("account"), p.UInt64("chain"), p.Amount("amount"), p.Nonce, p.Deadline),
        ["SettlementPolicy"] = p => new SettlementPolicy(
            p.Person("account"), p.UInt64("chain"), p.Amount("threshold"), p.UInt64("period"), p.Int64("validUntil"), p.Nonce, p.Deadline),
    };

    /// <summary>The message; null unless its own members print exactly the payload.</summary>
    public static TypedMessage? Read(string type, ImmutableArray<KeyValuePair<string, string>> payload)
    {
        if (payload.IsDefault || !Types.TryGetValue(type, out var build))
        {
            return null;
        }

        try
        {
            var message = build(new Payload(payload.ToDictionary(member => member.Key, member => member.Value)));
            return message.Fields.Select(field => KeyValuePair.Create(field.Name, field.Text)).SequenceEqual(payload) ? message : null;
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException or KeyNotFoundException)
        {
            return null;
        }
    }

    private sealed class Payload(Dictionary<string, string> members)
    {
        public UInt128 Nonce => Amount("nonce");

        public long Deadline => Int64("deadline");

        public string Text(string name) => members[name];

        public Address Person(string name) => Address.Parse(members[name]);

        public Hash32 Hash(string name) => Hash32.Parse(members[name]);

        public UInt128 Amount(string name) => UInt128.Parse(members[name], NumberStyles.None, CultureInfo.InvariantCulture);

        public ulong UInt64(string name) => ulong.Parse(members[name], NumberStyles.None, CultureInfo.InvariantCulture);

        public long Int64(string name) => long.Parse(members[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
