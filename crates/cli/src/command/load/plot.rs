//! A row of figures as bars, one sign each.

const UNICODE: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];

/// At most `width` bars, from zero to the highest figure. Where there are more figures, a bar is the
/// highest of several. What is none at all is a blank.
pub(super) fn bars(figures: &[f64], width: usize, unicode: bool) -> String {
    let signs = if unicode { UNICODE } else { ASCII };
    let together = figures.len().div_ceil(width.max(1)).max(1);
    let bars: Vec<f64> = figures
        .chunks(together)
        .map(|some| some.iter().copied().fold(0.0, f64::max))
        .collect();
    let highest = bars.iter().copied().fold(0.0, f64::max);
    bars.into_iter()
        .map(|bar| {
            if bar <= 0.0 {
                return ' ';
            }
            // Eight steps, the last for the highest alone and what is near.
            let step = (bar / highest * 8.0).ceil();
            let place = (1..8).find(|place| f64::from(*place) >= step).unwrap_or(8);
            signs[usize::try_from(place - 1).unwrap_or_default()]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::bars;

    #[test]
    fn figures_become_bars() {
        assert_eq!(bars(&[1.0, 4.0, 8.0, 0.0], 10, true), "▁▄█ ");
        assert_eq!(bars(&[1.0, 4.0, 8.0, 0.0], 10, false), ".=@ ");
    }

    #[test]
    fn a_long_row_is_made_short_and_its_peak_stays() {
        let mut figures = vec![1.0; 1000];
        figures[777] = 8.0;
        let row = bars(&figures, 50, false);
        assert_eq!(row.len(), 50);
        assert_eq!(row.matches('@').count(), 1);
    }

    #[test]
    fn nothing_is_no_bar() {
        assert_eq!(bars(&[], 10, true), "");
        assert_eq!(bars(&[0.0], 10, true), " ");
    }
}
