using System.Globalization;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// Forgeries that fit together: whoever made them changed every file that hangs on what they changed, renewed every hash, and signed
/// every voucher again. What stays against them is what a person signed, what was measured, and what the rules say.
/// </summary>
public sealed class ForgeryTests(ITestOutputHelper output)
{
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    [Fact]
    public void RefoldAndRenew_NothingChanged_ChangeNothing()
    {
        var text = Export.Value.Fresh();

        Refold.Run(text);
        Renewal.Renew(text, Export.Value);

        Assert.All(text.Files, file => Assert.Equal(Export.Value[file], text[file]));
    }

    [Fact]
    public void RefoldAndRenew_LaterDeadlines_StillHold()
    {
        // The control of all the others: a forged export that the forger was free to write does verify.
        var text = Forged(t => t.Rewrite("settlements.ndjson", row => With(row, "deadline", (long)row["deadline"]! + 86_400)));

        Assert.Empty(text.Verify().Findings);
    }

    [Fact]
    public void Verify_LargerPayment_MissesThePayersSignature()
    {
        var text = Forged(t =>
        {
            var (command, pay) = Command(t, "Pay", row => (string)row["payload"]!["asset"]! == "0");
            var transfer = Transfer(t, row => (string)row["cause"]! == (string)pay["digest"]!);
            pay["payload"]!["amount"] = Plus(pay["payload"]!["amount"]!, 1);
            t.Set("commands.ndjson", command, pay);
            t.Set("transfers.ndjson", transfer.Line, With(transfer.Row, "amount", Plus(transfer.Row["amount"]!, 1)));
        });

        AssertFirst(text, "commands.ndjson", "signature");
    }

    [Fact]
    public void Verify_LastReceiptDropped_MissesTheSessionKeysWord()
    {
        var text = Forged(t => DropLastReceipt(t));

        AssertFirst(text, "sessions.ndjson", "acks[1].headReceiptHash");
    }

    [Fact]
    public void Verify_AcknowledgementsDropped_LeaveTooMuchUnacknowledged()
    {
        // All receipts together cost more than the window that the payer signed.
        var text = Forged(t => t.Rewrite("sessions.ndjson", row => With(row, "acks", new JsonArray())));

        AssertFirst(text, "receipts.ndjson", "fee");
    }

    [Fact]
    public void Verify_FeeRaisedEverywhere_IsNotThePrice()
    {
        var text = Forged(t =>
        {
            var (line, receipt) = t.Rows("receipts.ndjson").First(row => row.Line == 40);
            t.Set("receipts.ndjson", line, With(With(receipt, "fee", Plus(receipt["fee"]!, 1)), "fed", Plus(receipt["fed"]!, 1)));
            var fed = Transfer(t, row => (string)row["cause"]! == (string)receipt["hash"]! && ((string)row["credit"]!).StartsWith("pool:", StringComparison.Ordinal));
            t.Set("transfers.ndjson", fed.Line, With(fed.Row, "amount", Plus(fed.Row["amount"]!, 1)));
            t.Rewrite("sessions.ndjson", row => With(row, "fees", Plus(row["fees"]!, 1)));
        });

        AssertFirst(text, "receipts.ndjson", "fee");
    }

    [Fact]
    public void Verify_PoolsPartGivenToTheTreasury_IsNotTheSplit()
    {
        var text = Forged(t =>
        {
            var (line, receipt) = t.Rows("receipts.ndjson").First(row => row.Line == 40);
            t.Set("receipts.ndjson", line, With(With(receipt, "protocol", Plus(receipt["protocol"]!, 1)), "fed", Plus(receipt["fed"]!, -1)));
            foreach (var (place, row) in t.Rows("transfers.ndjson").Where(row => (string)row.Row["cause"]! == (string)receipt["hash"]!).ToArray())
            {
                var change = (string)row["credit"]! == "treasury" ? 1 : ((string)row["credit"]!).StartsWith("pool:", StringComparison.Ordinal) ? -1 : 0;
                t.Set("transfers.ndjson", place, With(row, "amount", Plus(row["amount"]!, change)));
            }
        });

        AssertFirst(text, "receipts.ndjson", "protocol");
    }

    [Fact]
    public void Verify_TwoContributorsSwappedEverywhere_MissesTheirSignatures()
    {
        var owners = Export.Value.Rows("datasets.ndjson").Select(row => (string)row.Row["contributor"]!).Distinct().Take(2).ToArray();
        var text = Forged(t =>
        {
            var network = t["network.json"];
            t.Replace(owners[0], "@");
            t.Replace(owners[1], owners[0]);
            t.Replace("@", owners[1]);

            // Both began with as much, so that the genesis stays as it was.
            t["network.json"] = network;
        });

        Assert.Contains(text.Verify().Findings, finding => finding.At.File == "commands.ndjson" && finding.Field == "signature");
    }

    [Fact]
    public void Verify_SharesMovedFromOneContributorToAnother_AreNotTheIssue()
    {
        var text = Forged(t =>
        {
            var rows = t.Rows("shares.ndjson").Where(row => (string)row.Row["class"]! == "data").Take(2).ToArray();
            foreach (var ((line, share), change) in rows.Zip([-1_000_000, 1_000_000]))
            {
                var issue = Transfer(t, row => (string)row["debit"]! == "issuance" && (string)row["credit"]! == (string)share["account"]!
                    && (string)row["asset"]! != "GAIB");
                t.Set("shares.ndjson", line, With(share, "units", Plus(share["units"]!, change)));
                t.Set("transfers.ndjson", issue.Line, With(issue.Row, "amount", Plus(issue.Row["amount"]!, change)));
            }
        });

        AssertFirst(text, "shares.ndjson", "units");
    }

    [Fact]
    public void Verify_WithdrawalOfSomebodyWithoutPolicy_HasNoCommand()
    {
        var text = Forged(t =>
        {
            var last = t.Rows("transfers.ndjson").Last();
            var investor = DemoKeys.Of("investor").Address.ToString();
            var row = With(With(With(last.Row, "debit", investor), "amount", "1"), "id", Plus(last.Row["id"]!, 1));
            Refold.Insert(t, last.Line, row);
        }, refold: false);

        AssertFirst(text, "transfers.ndjson", "debit");
    }

    [Fact]
    public void Verify_PaymentOutOfTheTreasury_HasNoDecision()
    {
        var text = Forged(t =>
        {
            var last = t.Rows("transfers.ndjson").Last();
            var row = With(With(last.Row, "debit", "treasury"), "credit", DemoKeys.Of("investor").Address.ToString());
            Refold.Insert(t, last.Line, With(With(With(row, "amount", "1"), "id", Plus(row["id"]!, 1)), "cause", Hash32.Zero.ToString()));
        });

        AssertFirst(text, "transfers.ndjson", "");
    }

    [Fact]
    public void Verify_CoinsOutOfNothing_HaveNoDecision()
    {
        var text = Forged(t =>
        {
            var (genesis, last) = (t.Rows("transfers.ndjson").First().Row, t.Rows("transfers.ndjson").Last());
            var row = With(With(genesis, "id", Plus(genesis["id"]!, 1_000)), "at", (long)last.Row["at"]!);
            Refold.Insert(t, last.Line, row);
        });

        AssertFirst(text, "transfers.ndjson", "");
    }

    [Fact]
    public void Verify_HostsFeesPaidToAnother_AreNotTheVerdict()
    {
        var text = Forged(t =>
        {
            var (line, epoch) = t.Rows("hostEpochs.ndjson").First(row => (int)row.Row["count"]! > 0);
            var investor = DemoKeys.Of("investor").Address.ToString();
            var paid = Transfer(t, row => ((string)row["debit"]!).StartsWith("hostFees:", StringComparison.Ordinal)
                && (string)row["credit"]! == (string)epoch["host"]!);
            epoch["payments"]![0]!["to"] = investor;
            t.Set("hostEpochs.ndjson", line, epoch);
            t.Set("transfers.ndjson", paid.Line, With(paid.Row, "credit", investor));
        });

        AssertFirst(text, "hostEpochs.ndjson", "payments[0]");
    }

    [Fact]
    public void Verify_PoolPaysALittleMore_IsNotWhatItOwes()
    {
        var text = Forged(
            t =>
            {
                var collect = Transfer(t, row => ((string)row["debit"]!).StartsWith("pool:", StringComparison.Ordinal));
                t.Set("transfers.ndjson", collect.Line, With(collect.Row, "amount", Plus(collect.Row["amount"]!, 1)));
            },
            refold: false);

        AssertFirst(text, "transfers.ndjson", "amount");
    }

    [Fact]
    public void Verify_WrongAnswerWithAllHashesRenewedAndAcknowledged_IsNotWhatTheWeightsGive()
    {
        // The session key signs too: the payer and the operator collude against the pool's other members, or the payer never looked.
        var text = Forged(t =>
        {
            var (line, receipt) = t.Rows("receipts.ndjson").First(row => row.Line == 40);
            var output = Convert.FromBase64String((string)receipt["output"]!);
            output[5] ^= 1;
            t.Set("receipts.ndjson", line, With(receipt, "output", Convert.ToBase64String(output)));
        });
        Acknowledgements.Sign(text);

        AssertFirst(text, "receipts.ndjson", "output");
    }

    [Fact]
    public void Open_TheDemo_SaysWhatHasNotComeToItsEnd()
    {
        var open = Export.Value.Fresh().Verify().Open;

        output.WriteLine(string.Join('\n', open));
        Assert.DoesNotContain(open, what => what.Contains("host epoch", StringComparison.Ordinal));
        Assert.DoesNotContain(open, what => what.Contains("root", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_HostsEpochWithheld_NamesItAndWhatItHolds()
    {
        var held = 0L;
        var text = Forged(t =>
        {
            // The lines after it are of hosts that answered nothing, and may go too.
            var (line, epoch) = t.Rows("hostEpochs.ndjson").Last(row => (int)row.Row["count"]! > 0);
            held = long.Parse((string)epoch["held"]!, CultureInfo.InvariantCulture);
            t["hostEpochs.ndjson"] = t["hostEpochs.ndjson"].RemoveRange(line, t["hostEpochs.ndjson"].Count - line);
            Refold.Remove(t, row => ((string)row["debit"]!).StartsWith("hostFees:", StringComparison.Ordinal) && (string)row["credit"]! == (string)epoch["host"]!);
        });

        AssertOpen(text, $"host epoch 6, which is over, not closed by 1 host(s), {held} base units held");
    }

    [Fact]
    public void Open_RootsLeftOut_NamesTheVouchersThatWait()
    {
        var text = Forged(t => t["roots.ndjson"] = [t["roots.ndjson"][0]]);

        var vouchers = text.Rows("settlements.ndjson").Count();
        AssertOpen(text, $"settlement epoch 1 of chain {text.Rows("settlements.ndjson").First().Row["chain"]} has no root yet, {vouchers} voucher(s) of {vouchers} account(s) wait for it");
    }

    [Fact]
    public void Open_PoliciesWithdrawalWithheld_IsDue()
    {
        var before = Export.Value.Fresh().Verify().Open;
        var text = Forged(t =>
        {
            var policies = t.Rows("commands.ndjson").Where(c => (string)c.Row["type"]! == "SettlementPolicy").Select(c => (string)c.Row["digest"]!).ToHashSet();
            var account = (string)t.Rows("transfers.ndjson").First(row => policies.Contains((string)row.Row["cause"]!)).Row["debit"]!;
            Refold.Remove(t, row => policies.Contains((string)row["cause"]!) && (string)row["debit"]! == account);
        });

        Assert.DoesNotContain(before, what => what.Contains("policy", StringComparison.Ordinal));
        Assert.StartsWith("1 policy withdrawal(s) due, ", Assert.Single(AssertHolds(text).Open, what => what.Contains("policy", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LastAcknowledgementLeftOut_SaysHowMuchNobodyAcknowledged()
    {
        var text = Forged(t => t.Rewrite("sessions.ndjson", row =>
        {
            var acks = row["acks"]!.AsArray();
            acks.RemoveAt(acks.Count - 1);
            return row;
        }));

        var session = text.Rows("sessions.ndjson").Single().Row;
        var rest = long.Parse((string)session["fees"]!, CultureInfo.InvariantCulture) - long.Parse((string)session["acks"]![0]!["cumulative"]!, CultureInfo.InvariantCulture);
        AssertOpen(text, $"1 session(s) with calls that nobody acknowledged, {rest} base units, at most {rest} in {session["session"]}");
    }

    private VerificationReport AssertHolds(ExportText text)
    {
        var report = text.Verify();
        output.WriteLine(string.Join('\n', report.Findings.Take(3).Select(finding => $"{finding}").Concat(report.Open)));
        Assert.Empty(report.Findings);
        return report;
    }

    private void AssertOpen(ExportText text, string what) => Assert.Contains(what, AssertHolds(text).Open);

    private static void DropLastReceipt(ExportText text)
    {
        var last = text.Rows("receipts.ndjson").Last().Row;
        text["receipts.ndjson"] = text["receipts.ndjson"].RemoveAt(text["receipts.ndjson"].Count - 1);
        Refold.Remove(text, row => (string)row["cause"]! == (string)last["hash"]!);
        text.Rewrite("sessions.ndjson", row => With(row, "fees", Plus(row["fees"]!, -long.Parse((string)last["fee"]!, CultureInfo.InvariantCulture))));
        text.Rewrite("hostEpochs.ndjson", row => (string)row["host"]! != (string)last["host"]! ? row
            : With(With(row, "count", (int)row["count"]! - 1), "held", Plus(row["held"]!, -long.Parse((string)last["hostFee"]!, CultureInfo.InvariantCulture))));
    }

    private static ExportText Forged(Action<ExportText> forge, bool refold = true)
    {
        var text = Export.Value.Fresh();
        forge(text);
        if (refold)
        {
            Refold.Run(text);
        }

        Renewal.Renew(text, Export.Value);
        Assert.False(text.SameAs(Export.Value));
        return text;
    }

    private void AssertFirst(ExportText text, string file, string field)
    {
        var report = text.Verify();
        output.WriteLine(string.Join('\n', report.Findings.Take(3)));
        Assert.NotEmpty(report.Findings);
        Assert.Equal((file, field), (report.Findings[0].At.File, report.Findings[0].Field));
    }

    private static (int Line, JsonObject Row) Transfer(ExportText text, Func<JsonObject, bool> where) =>
        text.Rows("transfers.ndjson").First(row => where(row.Row));

    private static (int Line, JsonObject Row) Command(ExportText text, string type, Func<JsonObject, bool> where) =>
        text.Rows("commands.ndjson").First(row => (string)row.Row["type"]! == type && where(row.Row));

    private static JsonObject With(JsonObject row, string name, JsonNode value)
    {
        row[name] = value;
        return row;
    }

    private static string Plus(JsonNode amount, long change) =>
        (System.Numerics.BigInteger.Parse((string)amount!, CultureInfo.InvariantCulture) + change).ToString(CultureInfo.InvariantCulture);
}
