using System.Globalization;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;

namespace Gaib.Verify.Governance;

/// <summary>The parameters of a network as the rules take them.</summary>
internal static class ParametersInForce
{
    /// <summary>The parameters in force at a sequence of the book.</summary>
    public static Parameters At(NetworkFile network, ulong sequence) =>
        Of(network.Parameters.Last(line => line.FromSequence <= sequence));

    /// <summary>One entry as the rules take it.</summary>
    /// <exception cref="FormatException">A parameter is missing, unknown, misplaced or no number.</exception>
    public static Parameters Of(ParametersLine line)
    {
        var values = line.Values.ToDictionary(value => value.Key, value => value.Value);
        var parameters = new Parameters
        {
            ClassUnits = new ClassUnits(
                (ulong)Take("classUnits.data"), (ulong)Take("classUnits.compute"), (ulong)Take("classUnits.developer"), (ulong)Take("classUnits.holders")),
            ProtocolFeePpm = (uint)Take("protocolFeePpm"),
            LeaseFeePpm = (uint)Take("leaseFeePpm"),
            ValuationK = (uint)Take("valuationK"),
            ValuationR = (uint)Take("valuationR"),
            ReleaseWindowRounds = (uint)Take("releaseWindowRounds"),
            ReceiptSampleOneIn = (uint)Take("receiptSampleOneIn"),
            CheckSharePpm = (uint)Take("checkSharePpm"),
            StakeMin = Take("stakeMin"),
            EpochMs = (uint)Take("epochMs"),
        };
        var again = parameters.Fields.Select(field => KeyValuePair.Create(field.Name, field.Value.ToString(CultureInfo.InvariantCulture)));
        return again.SequenceEqual(line.Values) ? parameters : throw new FormatException("The parameters are not those of the network's version.");

        UInt128 Take(string name) => values.TryGetValue(name, out var text)
            ? UInt128.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new FormatException($"The parameter {name} is missing.");
    }
}
