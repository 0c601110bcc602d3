using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Settlement;

namespace Gaib.Domain.Money;

/// <summary>Every command that a person can sign, by the name of its EIP-712 struct.</summary>
public static class CommandTypes
{
    private static readonly Dictionary<string, string> TypeStrings = new TypedMessage[]
    {
        new Pay(default, default, 0, 0, 0, 0),
        new Stake(default, 0, 0, 0),
        new Unstake(default, 0, 0, 0),
        new PostJob(default, default, 0, 0, 0),
        new Manifest(default, default, default, 0, 0, "", 0, 0, 0),
        new DataRightWithdrawal(default, default, 0, 0),
        new Ask(default, default, "", 0, 0, 0),
        new WithdrawAsk(default, default, 0, 0),
        new Order(default, default, "", 0, 0, 0, 0, 0),
        new SetPrice(default, default, 0, 0, 0, 0),
        new OpenSession(default, default, default, 0, 0, 0, 0, 0),
        new CloseSession(default, default, 0, 0),
        new SettlementPolicy(default, 0, 0, 0, 0, 0, 0),
        new Withdraw(default, 0, 0, 0, 0),
    }.ToDictionary(message => message.TypeName, message => message.TypeString, StringComparer.Ordinal);

    /// <summary>The names of all commands.</summary>
    public static IReadOnlyCollection<string> Names => TypeStrings.Keys;

    /// <summary>encodeType of EIP-712 for a command's name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such command.</exception>
    public static string TypeString(string name) => TypeStrings[name];

    /// <summary>True for the name of a command.</summary>
    public static bool IsKnown(string name) => TypeStrings.ContainsKey(name);
}
