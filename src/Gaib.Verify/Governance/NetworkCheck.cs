using System.Collections.Immutable;
using System.Globalization;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Evm;

namespace Gaib.Verify.Governance;

/// <summary>The genesis hash follows from what the network began with, and the rest of network.json from the genesis.</summary>
internal static class NetworkCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var network = data.Network;
        if (!CheckParameters(network, findings))
        {
            return;
        }

        var genesis = GenesisOf(network);
        if (genesis.Check() is { } rejection)
        {
            findings.Add(network.At, rejection.Subject ?? "", "a genesis that can start a network", rejection.ToString());
            return;
        }

        findings.Equal(network.At, "genesisHash", genesis.Hash(), network.GenesisHash);
        CheckDomains(network, findings);
        var last = data.Transfers.Select(line => line.Time).Concat(data.Commands.Select(line => line.Time)).Append(network.StartsAt).Max();
        findings.That(network.ExportedAt >= last, network.At, "exportedAt", $"{last} or later, when the book last took something", network.ExportedAt);
        for (var i = 0; i < RuleVersions.All.Length; i++)
        {
            var (name, version) = RuleVersions.All[i];
            var stated = i < network.Rules.Length ? network.Rules[i] : default;
            findings.Equal(network.At, "rules." + name, (name, version), (stated.Key, stated.Value));
        }

        findings.Equal(network.At, "rules", RuleVersions.All.Length, network.Rules.Length);
    }

    /// <summary>The genesis that the file states; its parameters must have been checked.</summary>
    public static Genesis GenesisOf(NetworkFile network) => new(
        network.Network, network.ChainId, network.VerifyingContract, network.StartsAt, network.Allocations, network.BeaconTip,
        network.Classes, network.Settlers, network.SettlerThreshold, ParametersOf(network));

    /// <summary>The parameters in force from sequence 0.</summary>
    public static Parameters ParametersOf(NetworkFile network)
    {
        var values = network.Parameters[0].Values.ToDictionary(p => p.Key, p => UInt128.Parse(p.Value, NumberStyles.None, CultureInfo.InvariantCulture));
        return new Parameters
        {
            ClassUnits = new ClassUnits(
                (ulong)values["classUnits.data"], (ulong)values["classUnits.compute"], (ulong)values["classUnits.developer"],
                (ulong)values["classUnits.holders"]),
            ProtocolFeePpm = (uint)values["protocolFeePpm"],
            LeaseFeePpm = (uint)values["leaseFeePpm"],
            ValuationK = (uint)values["valuationK"],
            ValuationR = (uint)values["valuationR"],
            ReleaseWindowRounds = (uint)values["releaseWindowRounds"],
            ReceiptSampleOneIn = (uint)values["receiptSampleOneIn"],
            CheckSharePpm = (uint)values["checkSharePpm"],
            StakeMin = values["stakeMin"],
            EpochMs = (uint)values["epochMs"],
        };
    }

    /// <summary>Until governance changes them, there is one set of parameters: the genesis's.</summary>
    private static bool CheckParameters(NetworkFile network, Findings findings)
    {
        var at = network.At;
        if (!findings.Equal(at, "parameters", 1, network.Parameters.Length)
            || !findings.Equal(at, "parameters[0].fromSequence", 0UL, network.Parameters[0].FromSequence))
        {
            return false;
        }

        var names = new Parameters().Fields.Select(field => field.Name).ToImmutableArray();
        var values = network.Parameters[0].Values;
        if (!findings.That(names.SequenceEqual(values.Select(v => v.Key)), at, "parameters[0]", string.Join(", ", names), string.Join(", ", values.Select(v => v.Key))))
        {
            return false;
        }

        foreach (var (name, text) in values)
        {
            // Written back it must be the same text, and the field that holds it must not have cut it.
            var canonical = UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value.ToString(CultureInfo.InvariantCulture) == text && (name == "stakeMin" || value <= uint.MaxValue);
            if (!findings.That(canonical, at, "parameters[0]." + name, "a decimal string in range", text))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckDomains(NetworkFile network, Findings findings)
    {
        var commands = GaibDomains.Commands(network.ChainId, network.GenesisHash);
        var settlement = GaibDomains.Settlement(network.ChainId, network.VerifyingContract);
        findings.Equal(
            network.At, "domains.commands", (commands.Name, commands.Version, network.ChainId, network.GenesisHash),
            (network.Commands.Name, network.Commands.Version, network.Commands.ChainId, network.Commands.Salt));
        findings.Equal(
            network.At, "domains.settlement", (settlement.Name, settlement.Version, network.ChainId, network.VerifyingContract),
            (network.Settlement.Name, network.Settlement.Version, network.Settlement.ChainId, network.Settlement.VerifyingContract));
    }
}
