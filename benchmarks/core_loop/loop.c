/* The core loop in C, on arrays that Python hands over. */
#include <stdint.h>

static double draw(uint32_t row, uint32_t week, uint32_t stream) {
    uint32_t x = row * 0x9E3779B1u + (week * 8 + stream) * 0x85EBCA77u;
    x ^= x >> 16; x *= 0x21F0AAADu;
    x ^= x >> 15; x *= 0x735A2D97u;
    x ^= x >> 15;
    return x * (1.0 / 4294967296.0);
}

/* p: demand, learned, load, update, churn, newcomer, take up, by colleague, drop. out: the five KPIs. */
void live(int64_t staff, int64_t customers, int64_t posts, int64_t colleagues, uint32_t t, const double *p,
          const double *skill, uint8_t *adopted, const int64_t *ties, const int64_t *first, double *satisfaction,
          int64_t *load, double *helps, int64_t *contacts, uint8_t *next, double *out) {
    for (int64_t s = 0; s < staff; s++) {
        helps[s] = skill[s] * (1.0 - p[1] + p[1] * adopted[s]) / (1.0 + p[2] * load[s]);
        contacts[s] = 0;
    }
    int64_t asked = 0, solved = 0, lost = 0, adopters = 0;
    double sum = 0.0;
    for (int64_t c = 0; c < customers; c++) {
        if (draw(c, t, 0) < p[0]) {
            int64_t server = first[c] + (int64_t)(draw(c, t, 1) * posts);
            int ok = draw(c, t, 2) < helps[server];
            contacts[server]++; asked++; solved += ok;
            satisfaction[c] += p[3] * (ok - satisfaction[c]);
        }
        double unhappy = 1.0 - satisfaction[c];
        if (draw(c, t, 3) < p[4] * unhappy * unhappy) { satisfaction[c] = p[5]; lost++; }
        sum += satisfaction[c];
    }
    for (int64_t s = 0; s < staff; s++) {
        double uniform = draw(s, t, 4);
        int64_t seen = 0;
        for (int64_t k = 0; k < colleagues; k++) seen += adopted[ties[s * colleagues + k]];
        next[s] = adopted[s] ? uniform >= p[8] : uniform < p[6] + p[7] * seen;
        load[s] = contacts[s];
    }
    for (int64_t s = 0; s < staff; s++) { adopted[s] = next[s]; adopters += next[s]; }
    out[0] = asked; out[1] = solved; out[2] = lost; out[3] = sum / customers; out[4] = adopters;
}
