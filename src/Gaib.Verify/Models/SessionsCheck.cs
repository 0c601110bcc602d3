using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Verify.Money;

namespace Gaib.Verify.Models;

/// <summary>A session is what its payer signed, at the price in force at that place of the book.</summary>
internal static class SessionsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var opened = data.CommandsOf<OpenSession>().ToArray();
        var closed = data.CommandsOf<CloseSession>().ToLookup(close => close.Message.Session);
        if (!findings.Equal(new LineAt("sessions.ndjson", 0), "", opened.Length, data.Sessions.Length))
        {
            return;
        }

        for (var i = 0; i < opened.Length; i++)
        {
            var line = data.Sessions[i];
            if (CheckTerms(data, opened[i].Line, opened[i].Message, line, findings))
            {
                CheckClosing(line, [.. closed[line.Session]], findings);
            }
        }

        foreach (var (line, message) in data.CommandsOf<CloseSession>())
        {
            findings.That(data.Sessions.Any(s => s.Session == message.Session), line.At, "payload.session", "a session", message.Session);
        }
    }

    private static bool CheckTerms(ExportData data, CommandLine command, OpenSession signed, SessionLine line, Findings findings)
    {
        var at = line.At;
        var before = findings.Count;
        findings.Equal(at, "session", Ids.Derive(data.Genesis, "session", signed.Account, signed.Nonce), line.Session);
        findings.Equal(at, "model", signed.Model, line.Model);
        findings.Equal(at, "payer", signed.Account, line.Payer);
        findings.Equal(at, "key", signed.Key, line.Key);
        findings.Equal(at, "cap", signed.Cap, line.Cap);
        findings.Equal(at, "window", signed.Window, line.Window);
        findings.Equal(at, "expiry", signed.Expiry, line.Expiry);
        findings.That(signed.Cap > 0 && signed.Window > 0 && !signed.Key.IsZero && signed.Expiry > command.Time, at, "", "terms that open a session", "others");
        var price = data.Prices.LastOrDefault(p => p.Model == line.Model && p.FromSequence <= command.Seq);
        if (findings.That(price is not null, at, "price", "a price in force at the opening", "none"))
        {
            findings.Equal(at, "price", price!.Price, line.Price);
        }

        return findings.Count == before;
    }

    private static void CheckClosing(SessionLine line, (CommandLine Line, CloseSession Message)[] closings, Findings findings)
    {
        findings.Equal(line.At, "phase", closings.Length > 0 ? SessionPhase.Closed : SessionPhase.Open, line.Phase);
        findings.That(closings.Length <= 1, line.At, "phase", "at most one closing", closings.Length);
        foreach (var (command, message) in closings)
        {
            findings.Equal(command.At, "account", line.Payer, message.Account);
        }
    }
}
