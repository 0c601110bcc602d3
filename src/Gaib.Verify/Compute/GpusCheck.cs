using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Verify.Compute;

/// <summary>Every GPU that was offered was measured: its challenges are executed again.</summary>
internal static class GpusCheck
{
    /// <summary>GPUs that a host may have: ids are tried with nonces below this.</summary>
    private const int GpusOfHostMax = 64;

    /// <summary>A challenge of more multiply-accumulates takes too long on a CPU: it is checked only if its product is there.</summary>
    private const long ReplayMacsMax = 1L << 36;

    public static void Check(ExportData data, Findings findings)
    {
        var asks = data.CommandsOf<Ask>().ToLookup(command => command.Message.Gpu);
        for (var i = 0; i < data.Gpus.Length; i++)
        {
            var gpu = data.Gpus[i];
            findings.That(i == 0 || data.Gpus[i - 1].Gpu < gpu.Gpu, gpu.At, "gpu", "an id above the one before", gpu.Gpu);
            CheckOwner(data, gpu, findings);
            foreach (var (_, message) in asks[gpu.Gpu])
            {
                findings.Equal(gpu.At, "host", message.Host, gpu.Host);
                findings.Equal(gpu.At, "class", message.Class, gpu.Class);
            }

            if (asks[gpu.Gpu].Any())
            {
                findings.That(gpu.Evidence is [.., { Passed: true }], gpu.At, "evidence", "a passed challenge, for the GPU was offered", gpu.Evidence.Length);
                findings.That(gpu.From <= asks[gpu.Gpu].Min(ask => ask.Line.Time) || gpu.Evidence.Length > 1, gpu.At, "from", "before its first ask", gpu.From);
            }
        }

        foreach (var gpu in data.Gpus.Where(_ => !findings.Any))
        {
            for (var i = 0; i < gpu.Evidence.Length; i++)
            {
                CheckEvidence(data, data.Device, gpu, i, findings);
            }
        }

        foreach (var ask in asks.Where(ask => !findings.Any && data.Gpus.All(gpu => gpu.Gpu != ask.Key)))
        {
            findings.Add(ask.First().Line.At, "payload.gpu", "a line in gpus.ndjson", "none");
        }
    }

    private static void CheckOwner(ExportData data, GpuLine gpu, Findings findings)
    {
        var derived = Enumerable.Range(0, GpusOfHostMax).Any(nonce => Ids.Derive(data.Genesis, "gpu", gpu.Host, (UInt128)nonce) == gpu.Gpu);
        findings.That(derived, gpu.At, "gpu", $"an id derived from its host with a nonce below {GpusOfHostMax}", gpu.Gpu);
        findings.That(data.Network.Classes.Any(one => one.Name == gpu.Class), gpu.At, "class", "a class of the network", gpu.Class);
        findings.That(gpu.To is null || gpu.To >= gpu.From, gpu.At, "to", $"{gpu.From} or later", gpu.To);
    }

    /// <summary>The seed came from a beacon, the answer was committed after it, and the beacon that judged the answer came after both.</summary>
    private static void CheckEvidence(ExportData data, IDevice device, GpuLine gpu, int place, Findings findings)
    {
        var (asked, path) = (gpu.Evidence[place], $"evidence[{place}]");
        findings.Equal(gpu.At, path + ".seed", GpuRule.Seed(asked.OpenedWith, gpu.Gpu), asked.Seed);
        findings.That(asked.Size is >= 1 and <= GemmChallenge.SizeMax, gpu.At, path + ".size", $"1 to {GemmChallenge.SizeMax}", asked.Size);
        var opened = EpochOf(data, asked.OpenedWith);
        findings.That(opened is not null, gpu.At, path + ".openedWith", "a beacon", asked.OpenedWith);
        var before = gpu.Evidence.Take(place).Select(earlier => EpochOf(data, earlier.OpenedWith)).Max();
        findings.That(before is null || opened > before, gpu.At, path + ".openedWith", $"a beacon after that of epoch {before}", asked.OpenedWith);
        var isLast = place == gpu.Evidence.Length - 1;
        if (asked.CheckBeacon.IsZero && !asked.Passed && (asked.ResultHash.IsZero || isLast))
        {
            return;
        }

        var judged = EpochOf(data, asked.CheckBeacon);
        var committed = data.Beacons.FirstOrDefault(beacon => beacon.Commitments.Contains(asked.ResultHash))?.Epoch;
        findings.That(judged is not null, gpu.At, path + ".checkBeacon", "a beacon", asked.CheckBeacon);
        findings.That(
            committed > opened && committed <= judged,
            gpu.At,
            path + ".resultHash",
            $"committed to an epoch after {opened}, at latest {judged}",
            committed is null ? "in none" : $"in {committed}");
        if (!findings.Any)
        {
            CheckAnswer(data, device, gpu, asked, path, findings);
        }
    }

    private static void CheckAnswer(ExportData data, IDevice device, GpuLine gpu, GpuEvidence asked, string path, Findings findings)
    {
        var challenge = new GemmChallenge(asked.Seed, asked.Size);
        if (challenge.Macs <= ReplayMacsMax)
        {
            findings.Equal(gpu.At, path + ".passed", device.RunGemm(challenge).Commitment == asked.ResultHash, asked.Passed);
        }
        else if (data.Blobs.Find(gpu.At, path + ".resultHash", asked.ResultHash) is { } product)
        {
            findings.Equal(gpu.At, path + ".passed", Freivalds.Check(challenge, product, asked.ResultHash, asked.CheckBeacon) is null, asked.Passed);
        }
    }

    private static ulong? EpochOf(ExportData data, Hash32 beacon) => data.Beacons.FirstOrDefault(line => line.Beacon == beacon)?.Epoch;
}
