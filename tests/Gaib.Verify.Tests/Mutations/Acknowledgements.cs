using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Evm;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>Signs the demo's acknowledgements again with the session key, as only its owner can.</summary>
internal static class Acknowledgements
{
    public static void Sign(ExportText text)
    {
        var network = text.Object("network.json", 0);
        var domain = GaibDomains.Commands((ulong)network["chainId"]!, Hash32.Parse((string)network["genesisHash"]!));
        text.Rewrite("sessions.ndjson", row =>
        {
            foreach (var ack in row["acks"]!.AsArray().OfType<JsonObject>())
            {
                var message = new Acknowledge(
                    Hash32.Parse((string)row["session"]!),
                    UInt128.Parse((string)ack["cumulative"]!, System.Globalization.CultureInfo.InvariantCulture),
                    Hash32.Parse((string)ack["headReceiptHash"]!));
                ack["signature"] = DemoKeys.Session.Sign(Eip712.Digest(domain, message)).ToString();
            }

            return row;
        });
    }
}
