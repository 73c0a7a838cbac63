"""The mean day of the last week, and what the last slot is beside it, which fades away."""
import numpy as np
from evenkeel import Predictor


class FadingDay(Predictor):
    def predict(self, history, horizon):
        day = round(24 / self.slot_hours)
        days, steps = min(len(history) // day, 7), np.arange(horizon)
        fade = 0.95 ** (self.slot_hours * (1 + steps))[:, None]

        def ahead(past):
            mean = past[-days * day:].reshape(days, day, past.shape[1]).mean(axis=0)  # its last row is as the last slot
            return mean[steps % day] + fade * (past[-1] - mean[-1])

        return history.map(ahead)


FadingDay().serve()
