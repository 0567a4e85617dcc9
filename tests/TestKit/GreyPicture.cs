using System.Globalization;
using System.Text;

namespace Cleiss.TestKit;

/// <param name="Pixels">0 is black, 255 white; line by line.</param>
public sealed record GreyPicture(int Width, int Height, byte[] Pixels)
{
    public int Ink => Pixels.Count(pixel => pixel < 128);

    /// <summary>The bounding box of everything dark, cut out.</summary>
    public GreyPicture Cut()
    {
        var dark = Enumerable.Range(0, Pixels.Length).Where(i => Pixels[i] < 128).ToList();
        var (left, right) = (dark.Min(i => i % Width), dark.Max(i => i % Width));
        var (top, bottom) = (dark.Min(i => i / Width), dark.Max(i => i / Width));
        var width = right - left + 1;
        return new GreyPicture(width, bottom - top + 1, [.. Enumerable.Range(top, bottom - top + 1).SelectMany(y => Pixels.Skip((y * Width) + left).Take(width))]);
    }

    /// <summary>How dark each of 20 × 28 places is, from 0 to 9, as lines of digits: a picture that two people can compare in a review.</summary>
    public string Sketch()
    {
        const int Across = 20;
        const int Down = 28;
        var sketch = new StringBuilder();
        for (var y = 0; y < Down; y++)
        {
            for (var x = 0; x < Across; x++)
            {
                var (left, right) = (x * Width / Across, (x + 1) * Width / Across);
                var (top, bottom) = (y * Height / Down, (y + 1) * Height / Down);
                var ink = Enumerable.Range(top, bottom - top).Sum(line => Enumerable.Range(left, right - left).Sum(column => 255 - Pixels[(line * Width) + column]));
                // Text leaves most of its place white: a third of black is as dark as it gets.
                sketch.Append((char)('0' + Math.Min(9, ink * 30 / ((right - left) * (bottom - top) * 255))));
            }

            sketch.Append('\n');
        }

        return sketch.ToString();
    }

    public static GreyPicture Read(byte[] file)
    {
        var (words, at) = (new List<string>(), 0);
        while (words.Count < 4)
        {
            var end = Array.FindIndex(file, at, value => char.IsWhiteSpace((char)value));
            words.Add(Encoding.ASCII.GetString(file, at, end - at));
            at = end + 1;
        }

        int Number(int word) => int.Parse(words[word], CultureInfo.InvariantCulture);
        return new GreyPicture(Number(1), Number(2), file[at..]);
    }
}
