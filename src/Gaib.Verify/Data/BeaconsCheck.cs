using Gaib.Domain;

namespace Gaib.Verify.Data;

/// <summary>The operator's preimages lead back to the genesis tip, and each beacon mixes in what was committed before it.</summary>
internal static class BeaconsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var (previous, epoch) = (data.Network.BeaconTip, 0UL);
        foreach (var line in data.Beacons)
        {
            var at = line.At;
            findings.Equal(at, "epoch", epoch++, line.Epoch);
            findings.Equal(at, "preimage", previous, Keccak.Hash(line.Preimage.ToArray()));
            previous = line.Preimage;
            for (var i = 1; i < line.Commitments.Length; i++)
            {
                findings.That(line.Commitments[i] > line.Commitments[i - 1], at, $"commitments[{i}]", "ascending order", line.Commitments[i]);
            }

            var words = new AbiWriter(line.Commitments.Length + 1).UInt((uint)line.Commitments.Length);
            foreach (var commitment in line.Commitments)
            {
                words.Hash(commitment);
            }

            findings.Equal(at, "commitmentsRoot", words.Hash(), line.CommitmentsRoot);
            findings.Equal(at, "beacon", Keccak.Hash(line.Preimage, line.CommitmentsRoot), line.Beacon);
        }
    }
}
