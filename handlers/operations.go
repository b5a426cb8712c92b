package handlers

import (
	"github.com/gofiber/fiber/v2"

	"waymark/fault"
	"waymark/openapi"
)

// getHealth says that the process is alive; it looks at nothing else.
func (s *Server) getHealth(r *request) error {
	return r.reply(openapi.Health{Status: "alive", Version: s.config.Version})
}

// getReadiness says whether the server can take work.
func (s *Server) getReadiness(r *request) error {
	if s.closing.Load() {
		return fault.Wrap(fault.Unavailable, errClosing)
	}
	if err := s.Ready(r.ctx()); err != nil {
		return err
	}
	return r.reply(openapi.Health{Status: "ready", Version: s.config.Version})
}

// getContract gives openapi.yaml.
func (s *Server) getContract(r *request) error {
	r.Set(fiber.HeaderContentType, "application/yaml")
	return r.Send(openapi.Contract)
}
